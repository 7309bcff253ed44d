import { notificationXml } from '@talkoot/bank-simulator';
import type { Entry } from '@talkoot/bank-simulator';
import { instruct, key, municipalityId, owedProject, propose } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';

export const debtorIban = 'FI4950009420028730';
/** When the bank writes. */
export const at = new Date('2027-05-26T10:00:00.000Z');
export const here = { municipalityId };

/** Two people put the account in force that payments are made from. */
export async function debtorAccount(fixture: PaymentsFixture) {
  const body = { currency: 'EUR', name: 'Lintulan kaupunki', iban: debtorIban, bic: null };
  const proposed = await fixture.clerk.proposeDebtorAccount({ params: here, body, idempotencyKey: key() });
  const params = { ...here, accountId: proposed.accountId };
  return fixture.authority.confirmDebtorAccount({ params, idempotencyKey: key() });
}

/** The payment file of an instructed batch, as the clerk takes it. */
export async function paymentFile(fixture: PaymentsFixture, batchId: string) {
  const params = { ...here, batchId };
  const made = await fixture.clerk.makeBankFile({ params, idempotencyKey: key() });
  return { made, xml: await fixture.clerk.downloadBankFile({ params }) };
}

/** An instructed batch of a champion and two volunteers, who are paid by bank. */
export async function batchOf(fixture: PaymentsFixture, name: string) {
  const owed = await owedProject(fixture, `pil-${name}`, `prj-${name}`);
  const banked = owed.filter(({ payeeRole }) => payeeRole !== 'civil-servant');
  const batch = await propose(
    fixture,
    banked.map(({ obligationId }) => obligationId),
  );
  return { batch, lines: await instruct(fixture, batch) };
}

/** The same with its payment file. */
export async function sentBatch(fixture: PaymentsFixture, name: string) {
  const { batch, lines } = await batchOf(fixture, name);
  return { ...batch, lines, ...(await paymentFile(fixture, batch.batchId)) };
}

export const takeIn = ({ clerk }: PaymentsFixture, text: string, idempotencyKey = key()) =>
  clerk.importBankMessage({ params: here, body: text, idempotencyKey });

let number = 0;
/** A notification under an id of its own. */
export const notify = (...entries: Entry[]) =>
  notificationXml({ messageId: `N${(number += 1)}`, at, iban: debtorIban, entries });

/** One payment, booked. */
export const booking = (endToEndId: string, amount: number, reference = `D${endToEndId}`): Entry => ({
  reference,
  amount,
  currency: 'EUR',
  direction: 'DBIT',
  status: 'BOOK',
  parts: [{ reference, endToEndId, amount }],
});

export const reconciled = ({ clerk }: PaymentsFixture, batchId: string) =>
  clerk.getBatchReconciliation({ params: { ...here, batchId } });

export async function suspenseOf({ clerk }: PaymentsFixture, reference: string) {
  const { items } = await clerk.listSuspense({ params: here, query: { limit: 200 } });
  return items.find((one) => one.reference === reference)!;
}
