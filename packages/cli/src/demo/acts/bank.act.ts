import { answerOrder } from '@talkoot/bank-simulator';
import { municipalityOf } from '../play.ts';
import type { Play } from '../play.ts';

/** How the bank takes a payment file: with one of each trouble, or as one hopes. */
export type Course = Parameters<typeof answerOrder>[1];

/** The account of the municipality; no bank has given it to anybody. */
const debtorIban = 'FI4950009420028730';

/** A finance clerk names the account to pay from, the budget authority confirms it. */
export async function accountIsNamed(play: Play): Promise<void> {
  const params = municipalityOf(play);
  const { currency } = play.plan.roundBudget;
  const body = { currency, name: 'Demo municipality', iban: debtorIban, bic: null };
  const { accountId } = await play.official('finance-clerk').payments.proposeDebtorAccount({ params, body });
  const authority = play.official('budget-authority').payments;
  await authority.confirmDebtorAccount({ params: { ...params, accountId } });
}

/** The clerk takes the payment file of a batch to a bank, and what the bank answers back in. */
export async function bankPays(play: Play, batchId: string, course: Course): Promise<void> {
  const clerk = play.official('finance-clerk').payments;
  const params = municipalityOf(play);
  const batch = { params: { ...params, batchId } };
  const { lines } = await clerk.getBatch(batch);
  if (!lines.some(({ method }) => method === 'bank')) return;
  await clerk.makeBankFile(batch);
  const { statusReport, notifications } = answerOrder(
    await clerk.downloadBankFile(batch),
    course,
    new Date(),
  );
  for (const body of [statusReport, ...notifications]) {
    const { suspense } = await clerk.importBankMessage({ params, body });
    for (const { suspenseId } of suspense) await entryIsMatched(play, batchId, suspenseId);
  }
}

/** The bank booked payments together without saying which: they are what is still in transit. */
async function entryIsMatched(play: Play, batchId: string, suspenseId: string): Promise<void> {
  const clerk = play.official('finance-clerk').payments;
  const params = municipalityOf(play);
  const { lines } = await clerk.getBatchReconciliation({ params: { ...params, batchId } });
  const open = lines.filter(({ method, state }) => method === 'bank' && state === 'in-transit');
  const resolution = { as: 'matched' as const, attemptIds: open.map(({ attemptId }) => attemptId) };
  const item = await clerk.proposeResolution({
    params: { ...params, suspenseId },
    body: { resolution, reason: 'The bank named both payments on the telephone' },
  });
  const approver = play.official('payout-approver').payments;
  const body = { proposalSha256: item.proposal!.sha256 };
  await approver.confirmResolution({ params: { ...params, suspenseId }, body });
}
