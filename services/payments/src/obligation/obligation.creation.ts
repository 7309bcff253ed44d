import { DomainError } from '@talkoot/http-service';
import { lineText, splitBonus } from '@talkoot/impact';
import type { Money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { BonusDocument } from '../bonus/bonus.store.ts';
import type { Payments, Pot, Team } from '../context.ts';
import { bookOf } from '../fund/commitment.ts';
import type { CommitmentDocument } from '../fund/fund.store.ts';
import { bonusAwarded, outcomeDecided } from '../ledger/postings.ts';
import { totalOf } from '../outcome/outcome.ts';
import type { OutcomeContractDocument, OutcomeDecisionDocument } from '../outcome/outcome.store.ts';
import type { SpendingDocument } from '../spending/spending.store.ts';
import { bookingCodes, partOf, payeeRoleOf, splitMembers } from './obligation.ts';
import type { PayeeRole } from './obligation.ts';
import type { ObligationDocument } from './obligation.store.ts';
import { wageOf } from './wages.ts';
import { payoutDue } from './payout.events.ts';

/** Splits the bonus in force into obligations, once for ever: a repetition answers with what exists. */
export async function createObligations(
  payments: Payments,
  session: ClientSession,
  of: { readonly projectId: string; readonly municipalityId: string; readonly team: Team },
): Promise<{ obligations: number; total: number; currency: string }> {
  const project = await payments.funds.findCommitment(of.projectId, session);
  if (project?.municipalityId !== of.municipalityId) throw new DomainError('not-found');
  const bonus = await payments.bonuses.current(of.projectId, session);
  if (!bonus) throw new DomainError('bonus-undecided');
  const known = bonus.split
    ? await payments.obligations.ofProject(of.municipalityId, of.projectId, session)
    : null;
  const made =
    known?.filter((one) => one.decisionId === bonus._id) ??
    (await split(payments, session, bonus, project, of.team));
  const total = made.reduce((sum, one) => sum + one.amount, 0);
  return { obligations: made.length, total, currency: project.currency };
}

async function split(
  payments: Payments,
  session: ClientSession,
  bonus: BonusDocument,
  project: CommitmentDocument,
  team: Team,
): Promise<ObligationDocument[]> {
  const members = splitMembers(bonus._id, team, payments.obligationIdOf);
  const someone = members.length > 0 && bonus.payable.amount > 0;
  const { shares, computation } = someone
    ? splitBonus({ payable: bonus.payable, pots: team.pots, members })
    : { shares: [], computation: [] };
  const owed = shares.map((share) => ({ ...share, ...payOf(share, bonus.employerContributions) }));
  const at = payments.now();
  const made = owed
    .filter(({ pay }) => pay > 0)
    .map(({ obligationId, pot, pay }) =>
      newObligation(project, at, {
        obligationId,
        decisionId: bonus._id,
        payeeId: members.find((member) => member.obligationId === obligationId)!.personId,
        payeeRole: payeeRoleOf(pot),
        tranche: pot,
        origin: 'bonus',
        amount: pay,
      }),
    );
  await payments.bonuses.setSplit(session, bonus._id, [
    ...computation.map(lineText),
    ...owed.flatMap(({ line }) => line ?? []),
  ]);
  if (made.length === 0) return made;
  const parts = made.map(partOf);
  const of = { decisionId: bonus._id, projectId: project._id };
  await payments.ledger.post(session, bonusAwarded(bookOf(project), of, parts), at);
  await payments.obligations.insert(session, made);
  await payments.outbox.appendEvents(
    session,
    made.map((one) => payoutDue(one, at)),
  );
  return made;
}

/** What is paid out of a share: of a wage the employer's contributions stay in the reserve, which pays them. */
function payOf(
  { obligationId, pot, amount: share }: { obligationId: string; pot: Pot; amount: Money },
  contributions: string,
): { readonly pay: number; readonly line: string | null } {
  if (pot !== 'civil-servants') return { pay: share.amount, line: null };
  const pay = wageOf(share.amount, contributions);
  if (pay === share.amount) return { pay, line: null };
  const kept = share.amount - pay;
  return {
    pay,
    line: `wage of ${obligationId}: ${share.amount} / (1 + ${contributions}) = ${pay}; ${kept} kept for contributions`,
  };
}

/** Accepted spending on a contractor is owed and paid like any other obligation. Returns its id; the caller posts it. */
export async function oweContractor(
  payments: Payments,
  session: ClientSession,
  spending: SpendingDocument,
  project: CommitmentDocument,
): Promise<string> {
  const payeeId = spending.contractorId!;
  const at = payments.now();
  const obligation = newObligation(project, at, {
    obligationId: payments.obligationIdOf(spending._id, payeeId, 'spending'),
    decisionId: spending._id,
    payeeId,
    payeeRole: 'contractor',
    tranche: 'spending',
    origin: 'round',
    amount: spending.amount,
  });
  await payments.obligations.insert(session, [obligation]);
  await payments.outbox.appendEvents(session, [payoutDue(obligation, at)]);
  return obligation._id;
}

/** What an outcome contract owes its payees, one obligation for each, and what it is owed; posted with them. */
export async function oweOutcome(
  payments: Payments,
  session: ClientSession,
  of: {
    readonly decision: OutcomeDecisionDocument;
    readonly contract: OutcomeContractDocument;
    readonly project: CommitmentDocument;
  },
): Promise<void> {
  const { decision, contract, project } = of;
  const at = decision.decidedAt;
  const made = decision.payable.map(({ party, amount }) => {
    const { payeeId, role } = contract.payees.find((payee) => payee.party === party)!;
    return newObligation(project, at, {
      obligationId: payments.obligationIdOf(decision._id, payeeId, party),
      decisionId: decision._id,
      payeeId,
      payeeRole: role,
      tranche: party,
      origin: 'outcome',
      amount: amount.amount,
    });
  });
  const receivable = totalOf(decision.receivable, contract.currency);
  if (made.length === 0 && receivable === 0) return;
  const parts = made.map(partOf);
  const about = {
    decisionId: decision._id,
    contractProjectId: contract.projectId,
    projectId: project._id,
    receivable,
  };
  await payments.ledger.post(session, outcomeDecided(bookOf(project), about, parts), at);
  await payments.obligations.insert(session, made);
  await payments.outbox.appendEvents(
    session,
    made.map((one) => payoutDue(one, at)),
  );
}

/** Who may be owed out of what: an investor only by an outcome decision, a bonus only by who took part. */
type Owing =
  | { readonly origin: 'round'; readonly payeeRole: 'contractor' }
  | { readonly origin: 'bonus'; readonly payeeRole: Exclude<PayeeRole, 'contractor' | 'investor'> }
  | { readonly origin: 'outcome'; readonly payeeRole: 'contractor' | 'investor' };

type Owed = Owing & {
  readonly obligationId: string;
  readonly decisionId: string;
  readonly payeeId: string;
  readonly tranche: string;
  readonly amount: number;
};

function newObligation(project: CommitmentDocument, dueSince: Date, owed: Owed): ObligationDocument {
  const { obligationId, ...rest } = owed;
  return {
    _id: obligationId,
    municipalityId: project.municipalityId,
    pilotId: project.pilotId,
    projectId: project._id,
    ...rest,
    currency: project.currency,
    fiscalYear: project.fiscalYear,
    ...bookingCodes[owed.payeeRole],
    state: 'due',
    stateSince: dueSince,
    attempts: 0,
    closedBecause: null,
    reason: null,
    cancellation: null,
    toTell: null,
    dueSince,
    version: 1,
    seal: null,
  };
}
