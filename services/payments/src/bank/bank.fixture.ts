import { key, municipalityId } from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';

export const debtorIban = 'FI4950009420028730';

/** Two people put the account in force that payments are made from. */
export async function debtorAccount(fixture: PaymentsFixture) {
  const body = { currency: 'EUR', name: 'Lintulan kaupunki', iban: debtorIban, bic: null };
  const proposed = await fixture.clerk.proposeDebtorAccount({
    params: { municipalityId },
    body,
    idempotencyKey: key(),
  });
  const params = { municipalityId, accountId: proposed.accountId };
  return fixture.authority.confirmDebtorAccount({ params, idempotencyKey: key() });
}

/** The payment file of an instructed batch, as the clerk takes it. */
export async function paymentFile(fixture: PaymentsFixture, batchId: string) {
  const params = { municipalityId, batchId };
  const made = await fixture.clerk.makeBankFile({ params, idempotencyKey: key() });
  return { made, xml: await fixture.clerk.downloadBankFile({ params }) };
}

export const takeIn = ({ clerk }: PaymentsFixture, text: string, idempotencyKey = key()) =>
  clerk.importBankMessage({ params: { municipalityId }, body: text, idempotencyKey });
