import { notificationXml } from './notification.xml.ts';
import type { Entry } from './notification.xml.ts';
import { readOrder } from './order.ts';
import type { Order, OrderedTransfer } from './order.ts';
import { statusReportXml } from './status.xml.ts';

/** What the bank sends back, in the order in which it sends it. */
export interface BankAnswers {
  readonly statusReport: string;
  readonly notifications: readonly string[];
}

/**
 * A bank's answers to a payment file. `troubled`: the smallest payment is rejected, the second smallest booked and returned, its
 * booking told twice, the third and fourth booked together without saying which they are; the rest is booked one by one. With
 * fewer than four payments what comes last in this list is left out. `smooth`: everything is booked.
 * @throws OrderRefused for a file that does not add up
 */
export function answerOrder(pain001: string, course: 'troubled' | 'smooth', at: Date): BankAnswers {
  const order = readOrder(pain001);
  return course === 'smooth' ? smooth(order, at) : troubled(order, at);
}

function smooth(order: Order, at: Date): BankAnswers {
  return {
    statusReport: reportOf(order, at, []),
    notifications: [
      notificationOf(
        order,
        at,
        1,
        order.transfers.map((one) => booking(order, one)),
      ),
    ],
  };
}

function troubled(order: Order, at: Date): BankAnswers {
  // By amount, so that equal orders come to equal sums whatever their ids.
  const [rejected, returned, third, fourth, ...rest] = order.transfers.toSorted(
    (a, b) => a.amount - b.amount,
  );
  const together = third && fourth ? [third, fourth] : [];
  const single = [...(returned ? [returned] : []), ...(third && !fourth ? [third] : []), ...rest];
  const booked = single.map((one) => booking(order, one));
  const batch = together.length > 0 ? [withoutDetails(order, together)] : [];
  const first = notificationOf(order, at, 1, [...booked, ...batch]);
  const second = returned
    ? [notificationOf(order, at, 2, [booking(order, returned), returning(order, returned)])]
    : [];
  return {
    statusReport: reportOf(order, at, rejected ? [rejected] : []),
    notifications: booked.length + batch.length > 0 ? [first, ...second] : [],
  };
}

function reportOf(order: Order, at: Date, rejected: readonly OrderedTransfer[]): string {
  const { messageId, informationId, transfers, currency } = order;
  const status = rejected.length === 0 ? 'ACCP' : rejected.length === transfers.length ? 'RJCT' : 'PART';
  return statusReportXml(
    {
      messageId: `S${messageId}`,
      at,
      originalMessageId: messageId,
      original: { transfers: transfers.length, controlSum: sumOf(transfers) },
      status,
      informations: [
        {
          informationId,
          transfers: rejected.map(({ endToEndId, amount }) => ({
            endToEndId,
            status: 'RJCT',
            reason: 'AC04',
            amount: { cents: amount, currency },
          })),
        },
      ],
    },
    'pain.002.001.14',
  );
}

const notificationOf = (order: Order, at: Date, number: number, entries: readonly Entry[]) =>
  notificationXml({ messageId: `N${order.messageId}-${number}`, at, iban: order.debtorIban, entries });

const booking = ({ currency }: Order, { endToEndId, amount }: OrderedTransfer): Entry => ({
  reference: `D${endToEndId}`,
  amount,
  currency,
  direction: 'DBIT',
  status: 'BOOK',
  parts: [{ reference: `D${endToEndId}`, endToEndId, amount }],
});

const returning = ({ currency }: Order, { endToEndId, amount }: OrderedTransfer): Entry => ({
  reference: `R${endToEndId}`,
  amount,
  currency,
  direction: 'CRDT',
  status: 'BOOK',
  parts: [{ reference: `R${endToEndId}`, endToEndId, amount, returned: 'AC04' }],
});

const withoutDetails = (order: Order, together: readonly OrderedTransfer[]): Entry => ({
  reference: `G${order.messageId}`,
  amount: sumOf(together),
  currency: order.currency,
  direction: 'DBIT',
  status: 'BOOK',
  batched: together.length,
  parts: [],
});

const sumOf = (transfers: readonly OrderedTransfer[]) =>
  transfers.reduce((sum, { amount }) => sum + amount, 0);
