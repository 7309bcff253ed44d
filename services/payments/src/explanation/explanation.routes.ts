import type { Explanation, ExplanationPart, Role } from '@talkoot/api-contracts';
import { moneyReaders, receiptReaders } from '@talkoot/api-contracts/payments';
import { DomainError } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { BonusDocument } from '../bonus/bonus.store.ts';
import type { Payments, Routes } from '../context.ts';
import { stepsOf, wayOf } from '../ledger/trace.ts';
import type { ObligationDocument } from '../obligation/obligation.store.ts';
import { payoutsByRole } from '../obligation/obligation.view.ts';
import type { OutcomeDecisionDocument } from '../outcome/outcome.store.ts';
import type { SpendingDocument } from '../spending/spending.store.ts';
import {
  attemptPart,
  bonusParts,
  fileSource,
  inCurrency,
  ownSplit,
  stateOf,
  wayPart,
} from './explanation.ts';

type Explaining = Routes<
  'explainObligation' | 'explainBonus' | 'explainSpending' | 'explainOutcome' | 'explainBatch'
>;

/** Why this amount? One answer each, from the charter to the bank; whose account it is, is in none. */
export function explanationRoutes(payments: Payments): Explaining {
  return {
    async explainObligation({ params, person, rolesHere }) {
      const found = await payments.obligations.find(params.municipalityId, params.obligationId);
      const forFinance = readsMoney(rolesHere);
      // Whether it exists is nobody else's business.
      if (!found || (found.payeeId !== person.id && !forFinance)) throw new DomainError('not-found');
      const seesReceipts = found.payeeId === person.id || hasOneOf(rolesHere, receiptReaders);
      return { body: await explainObligation(payments, found, { forFinance, seesReceipts }) };
    },
    async explainBonus({ params }) {
      return { body: await explainBonus(payments, params) };
    },
    async explainSpending({ params }) {
      const found = await payments.spending.find(params.municipalityId, params.spendingId);
      if (!found) throw new DomainError('not-found');
      return { body: await explainSpending(payments, found) };
    },
    async explainOutcome({ params }) {
      const decision = await payments.outcomes.findDecision(params.municipalityId, params.decisionId);
      if (!decision) throw new DomainError('not-found');
      return { body: await explainOutcome(payments, decision) };
    },
    async explainBatch({ params }) {
      return { body: await explainBatch(payments, params) };
    },
  };
}

const hasOneOf = (roles: readonly Role[], some: readonly Role[]) => roles.some((role) => some.includes(role));
const readsMoney = (roles: readonly Role[]) => hasOneOf(roles, ['payroll', ...moneyReaders]);

/** A payment has one receipt of a run, and seldom a second run. */
const MOST_RECEIPTS = 50;

async function explainObligation(
  payments: Payments,
  obligation: ObligationDocument,
  { forFinance, seesReceipts }: { readonly forFinance: boolean; readonly seesReceipts: boolean },
): Promise<Explanation> {
  const { _id, municipalityId, amount, currency } = obligation;
  const [way, attempts, taken] = await Promise.all([
    wayOf(payments, obligation),
    payments.obligations.attemptsOf([_id]),
    seesReceipts
      ? payments.payroll.listReceipts({ municipalityId, obligationId: _id }, undefined, MOST_RECEIPTS)
      : [],
  ]);
  const paid = await Promise.all(
    attempts.map(async (attempt) => {
      const batch = await payments.batches.find(attempt.batchId);
      const file = await payments.bankFiles.find(municipalityId, attempt.batchId);
      const movements = await payments.settlements.movementsOf(municipalityId, attempt.endToEndId);
      const receipts = taken
        .filter(({ attemptId }) => attemptId === attempt._id)
        .map(({ receipt }) => receipt);
      return attemptPart(attempt, batch, { movements, file, receipts, forFinance });
    }),
  );
  return {
    kind: 'obligation',
    id: _id,
    result: stateOf(obligation),
    amount: money(amount, currency),
    parts: [...(await decisionParts(payments, obligation)), ...paid, wayPart(stepsOf(way, _id))],
  };
}

/** What was decided that made it owed. */
async function decisionParts(payments: Payments, obligation: ObligationDocument): Promise<ExplanationPart[]> {
  const { municipalityId, decisionId } = obligation;
  if (obligation.origin === 'round') {
    const spending = await payments.spending.find(municipalityId, decisionId);
    return spending ? [spendingPart(spending)] : [];
  }
  if (obligation.origin === 'outcome') {
    const decision = await payments.outcomes.findDecision(municipalityId, decisionId);
    return decision ? outcomeParts(payments, decision) : [];
  }
  const bonus = await payments.bonuses.find(decisionId);
  if (!bonus) return [];
  return [...(await partsOf(payments, bonus)), ownSplit(bonus, obligation._id)];
}

async function partsOf(payments: Payments, bonus: BonusDocument): Promise<ExplanationPart[]> {
  const project = await payments.funds.findCommitment(bonus.projectId);
  const former = bonus.supersedes === null ? null : await payments.bonuses.find(bonus.supersedes);
  return bonusParts(bonus, project, former);
}

async function explainBonus(
  payments: Payments,
  { municipalityId, bonusId }: { municipalityId: string; bonusId: string },
): Promise<Explanation> {
  const bonus = await payments.bonuses.find(bonusId);
  if (bonus?.municipalityId !== municipalityId) throw new DomainError('not-found');
  const { projectId, payable, supersededBy, reason } = bonus;
  const obligations = await payments.obligations.ofProject(municipalityId, projectId);
  const replaced = supersededBy === null ? '' : `, replaced by ${supersededBy}`;
  return {
    kind: 'bonus-decision',
    id: bonusId,
    result: `${inCurrency(payable.amount, payable.currency)} (${reason})${replaced}`,
    amount: payable,
    parts: [
      ...(await partsOf(payments, bonus)),
      splitPart(obligations.filter((one) => one.decisionId === bonusId)),
    ],
  };
}

const splitPart = (obligations: readonly ObligationDocument[]): ExplanationPart => ({
  title: 'Shares by role: what each payee gets is theirs to see',
  lines: payoutsByRole(obligations).map(
    ({ payeeRole, obligations: count, amount, states }) =>
      `${payeeRole}: ${count} with ${inCurrency(amount.amount, amount.currency)} together (${states.map((one) => `${one.obligations} ${one.state}`).join(', ')})`,
  ),
  sources: [],
});

async function explainOutcome(payments: Payments, decision: OutcomeDecisionDocument): Promise<Explanation> {
  const { amount, currency, reason } = decision.outcome;
  return {
    kind: 'outcome-decision',
    id: decision._id,
    result: `${amount} ${currency} (${reason})`,
    // Of all payers of the terms together: what the municipality owes of it is in the last part.
    amount: null,
    parts: await outcomeParts(payments, decision),
  };
}

/** Terms as signed, the assessment behind the results, and every line: it is public, parties are called as in the terms. */
async function outcomeParts(
  payments: Payments,
  decision: OutcomeDecisionDocument,
): Promise<ExplanationPart[]> {
  const { _id, municipalityId, contractId, termsSha256, evidence, computation, payable, receivable } =
    decision;
  const contract = await payments.outcomes.find(municipalityId, contractId);
  const sum = (party: string, owed: Money) => `${party}: ${inCurrency(owed.amount, owed.currency)}`;
  return [
    {
      title: `Outcome contract${contract ? `: ${contract.terms.title}` : ''}`,
      lines: contract
        ? [`at most ${inCurrency(contract.maximum, contract.currency)}, reserved from the signature on`]
        : [],
      sources: [{ kind: 'outcome-contract', id: contractId, sha256: termsSha256 }],
    },
    {
      title: `Results as the assessor stated them, referring to assessment ${evidence.assessmentId}`,
      lines: computation,
      sources: [
        { kind: 'assessment', id: evidence.assessmentId, sha256: evidence.sha256 },
        { kind: 'outcome-decision', id: _id, sha256: null },
      ],
    },
    {
      title: 'What the municipality owes, and is owed',
      lines: [
        ...payable.map(({ party, amount }) => `owes ${sum(party, amount)}`),
        ...receivable.map(({ party, amount }) => `is owed by ${sum(party, amount)}`),
      ],
      sources: [],
    },
  ];
}

async function explainSpending(payments: Payments, spending: SpendingDocument): Promise<Explanation> {
  const { _id, municipalityId, projectId, state, amount, currency } = spending;
  const project = await payments.funds.findCommitment(projectId);
  const entries = await payments.ledger.entriesOfTransactions(municipalityId, [`spending-accepted/${_id}`]);
  const obligationId = entries.find((one) => one.obligationId !== null)?.obligationId ?? null;
  return {
    kind: 'spending',
    id: _id,
    result: `${inCurrency(amount, currency)}, ${state}`,
    amount: money(amount, currency),
    parts: [
      spendingPart(spending),
      ...(project
        ? [
            {
              title: 'Within the commitment of the project',
              lines: [
                `committed ${inCurrency(project.committed, currency)}, claimed ${inCurrency(project.claimed, currency)}, accepted ${inCurrency(project.accepted, currency)}`,
              ],
              sources: [{ kind: 'project', id: projectId, sha256: null }],
            },
          ]
        : []),
      wayPart(stepsOf(entries, obligationId)),
    ],
  };
}

function spendingPart(spending: SpendingDocument): ExplanationPart {
  const { _id, amount, currency, purpose, state, invoiceReference, procurementReference, recordedAt } =
    spending;
  const reference = (name: string, value: string | null) => (value === null ? [] : [`${name}: ${value}`]);
  return {
    title: 'Spending recorded by the project and decided by finance',
    lines: [
      `${inCurrency(amount, currency)} for ${purpose}`,
      ...reference('invoice', invoiceReference),
      ...reference('procurement', procurementReference),
      `recorded ${recordedAt.toISOString().slice(0, 10)}, ${state}`,
    ],
    sources: [{ kind: 'spending', id: _id, sha256: null }],
  };
}

async function explainBatch(
  payments: Payments,
  { municipalityId, batchId }: { municipalityId: string; batchId: string },
): Promise<Explanation> {
  const batch = await payments.batches.find(batchId);
  if (batch?.municipalityId !== municipalityId) throw new DomainError('not-found');
  const attempts = await payments.obligations.attemptsOfBatch(batchId);
  const file = await payments.bankFiles.find(municipalityId, batchId);
  const people = [
    ['proposed', batch.proposedBy],
    ['approved', batch.approvedBy],
    ['released', batch.releasedBy],
  ] as const;
  return {
    kind: 'batch',
    id: batchId,
    result: `${inCurrency(batch.total, batch.currency)} in ${batch.lines} payments, ${batch.state}`,
    amount: money(batch.total, batch.currency),
    parts: [
      {
        title: 'Three people, each for exactly this content',
        lines: people.map(([act, by]) => `${act} by ${by ?? 'nobody yet'}`),
        sources: [{ kind: 'batch', id: batchId, sha256: batch.sha256 }, ...fileSource(file)],
      },
      {
        title: 'Payments',
        lines: attempts.map(
          ({ obligationId, endToEndId, amount, currency, destination, state }) =>
            `${obligationId}: ${inCurrency(amount, currency)} by ${destination.method}, ${endToEndId}, ${state}`,
        ),
        sources: attempts.map(({ obligationId }) => ({ kind: 'obligation', id: obligationId, sha256: null })),
      },
    ],
  };
}
