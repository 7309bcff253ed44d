import { statusReportXml } from '@talkoot/bank-simulator';
import { randomBytes } from 'node:crypto';
import { at, booking, debtorAccount, here, notify, takeIn } from '../bank/bank.fixture.ts';
import { key } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';

/** What becomes of one payment; as a line of a batch it names method and obligation, else it is by bank. */
interface Told {
  readonly endToEndId: string;
  readonly amount: { readonly amount: number; readonly currency: string };
  readonly status?: 'settled' | 'rejected' | 'returned';
  /** Of the movement, or of the message that rejects; of a wage, the payroll run. */
  readonly bankReference?: string;
  readonly method?: 'bank' | 'payroll';
  readonly obligationId?: string;
  /** Of a wage: what the employer pays on top. */
  readonly employerCost?: number;
}
type Named = Told & { readonly bankReference: string };

const accounts = new WeakMap<PaymentsFixture, Promise<unknown>>();
/** The account of the town, in force once for all tests of a fixture. */
function withAccount(fixture: PaymentsFixture): Promise<unknown> {
  if (!accounts.has(fixture)) accounts.set(fixture, debtorAccount(fixture));
  return accounts.get(fixture)!;
}

/**
 * Tells what became of payments as those who pay do: the bank books and brings back by camt.054 and rejects by pain.002,
 * the payroll office writes receipts, from which nothing is withheld.
 */
export async function settle(fixture: PaymentsFixture, lines: readonly Told[]) {
  const named = lines.map((one) => ({ bankReference: `B${randomBytes(8).toString('hex')}`, ...one }));
  const wages = named.filter(({ method }) => method === 'payroll');
  const banked = named.filter((one) => !wages.includes(one));
  const rejected = banked.filter(({ status }) => status === 'rejected');
  const moved = banked.filter((one) => !rejected.includes(one));
  if (banked.length > 0) await withAccount(fixture);
  const taken: Awaited<ReturnType<typeof takeIn>>[] = [];
  for (const one of rejected) taken.push(await reject(fixture, one));
  if (moved.length > 0) taken.push(await takeIn(fixture, notify(...moved.map(entryOf))));
  const receipts = await takeReceipts(fixture, wages);
  const count = (what: 'settled' | 'rejected' | 'returned' | 'duplicates') =>
    taken.reduce((sum, { message }) => sum + message[what], what === 'returned' ? 0 : receipts[what]);
  return {
    settled: count('settled'),
    rejected: count('rejected'),
    returned: count('returned'),
    duplicates: count('duplicates'),
    suspense: taken.flatMap(({ suspense }) => suspense),
    exceptions: receipts.exceptions,
  };
}

async function reject(fixture: PaymentsFixture, { endToEndId, amount, bankReference }: Named) {
  const attempt = await fixture.connection.collection('attempts').findOne({ endToEndId });
  const params = { ...here, batchId: String(attempt!['batchId']) };
  const { messageId } = await fixture.clerk.makeBankFile({ params, idempotencyKey: key() });
  const cents = { cents: amount.amount, currency: amount.currency };
  const transfer = { endToEndId, status: 'RJCT', reason: 'AC04', amount: cents };
  const informations = [{ informationId: messageId, transfers: [transfer] }];
  const report = { messageId: bankReference, at, originalMessageId: messageId, status: 'PART', informations };
  return takeIn(fixture, statusReportXml(report, 'pain.002.001.14'));
}

function entryOf({ endToEndId, amount: { amount, currency }, bankReference, status }: Named) {
  const entry = { ...booking(endToEndId, amount, bankReference), currency };
  if (status !== 'returned') return entry;
  return {
    ...entry,
    direction: 'CRDT' as const,
    parts: entry.parts.map((one) => ({ ...one, returned: 'AC06' })),
  };
}

async function takeReceipts({ clerk }: PaymentsFixture, wages: readonly Named[]) {
  if (wages.length === 0) return { settled: 0, rejected: 0, duplicates: 0, exceptions: [] };
  const receipts = wages.map(
    ({ obligationId, endToEndId, amount, status = 'settled', bankReference, employerCost = 0 }) => {
      if (status === 'returned') throw new Error('A wage comes back to the payroll office, not by the bank');
      const paid = status === 'settled' ? amount.amount : 0;
      return {
        obligationId: obligationId!,
        reference: endToEndId,
        run: bankReference,
        date: '2027-05-26',
        currency: amount.currency,
        ...{ gross: amount.amount, withheld: 0, net: paid, employerCost },
        status: status === 'settled' ? ('paid' as const) : ('rejected' as const),
      };
    },
  );
  return clerk.importPayrollReceipts({ params: here, body: { receipts }, idempotencyKey: key() });
}
