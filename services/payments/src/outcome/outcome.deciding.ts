import { DomainError } from '@talkoot/http-service';
import { lineText } from '@talkoot/impact';
import { resultsPaid } from '@talkoot/impact/outcome';
import type { OutcomeDecision, OutcomeResults } from '@talkoot/impact/outcome';
import { decimalOf, money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import { requireProject } from '../fund/fund.routes.ts';
import { oweOutcome } from '../obligation/obligation.creation.ts';
import { outcomeDecidedEvent } from './outcome.events.ts';
import { balanceOf, contentSha256, decideBy, paidWith, partsOf, requireUnpaid, totalOf } from './outcome.ts';
import type { DecidedResults } from './outcome.ts';
import type { OutcomeContractDocument, OutcomeDecisionDocument } from './outcome.store.ts';
import { decisionView } from './outcome.view.ts';

/** What the assessor states. */
export interface Statement extends Pick<OutcomeResults, 'inputs' | 'participants' | 'investment'> {
  readonly decisionId: string;
  readonly evidence: OutcomeDecisionDocument['evidence'];
  readonly assessor: string;
}

/**
 * Decides a contract by its signed terms and by nothing else: not by the bonus, nor by any vote. What it owes becomes
 * obligations out of the reserve, what it is owed a receivable.
 * @throws DomainError `contract-not-signed`, `terms-changed`, `project-decided`, `result-paid`, `results-refused`, `above-signed-maximum`
 */
export async function decideContract(
  payments: Payments,
  session: ClientSession,
  { municipalityId, contractId }: { readonly municipalityId: string; readonly contractId: string },
  statement: Statement,
) {
  const { contract, earlier } = await requireDecidable(
    payments,
    session,
    { municipalityId, contractId },
    statement,
  );
  const results = resultsOf(contract, statement);
  const outcome = decideBy(contract.terms, results);
  const decided = resultsDecided(contract, outcome);
  requireUnpaid(contract, decided, earlier);
  const balance = balanceOf(partsOf(outcome, contract.payer));
  const awarded = contract.awarded + totalOf(balance.payable, contract.currency);
  if (awarded > contract.maximum) throw new DomainError('above-signed-maximum');
  const decision = newDecision(contract, statement, {
    results,
    outcome,
    decided,
    balance,
    at: payments.now(),
  });
  await payments.outcomes.decide(session, decision, {
    awarded,
    receivable: contract.receivable + totalOf(balance.receivable, contract.currency),
    paid: paidWith(contract.paid, outcome),
  });
  const project = await requireProject(payments, { municipalityId, ...statement.evidence }, session);
  // The reserve stands in the year of the funds, whenever the project was funded.
  const { fiscalYear } = (await payments.funds.findFunds(contract.pilotId, session))!;
  await oweOutcome(payments, session, { decision, contract, project: { ...project, fiscalYear } });
  await payments.outbox.appendEvents(session, [outcomeDecidedEvent(contract, decision, fiscalYear)]);
  return decisionView(decision);
}

async function requireDecidable(
  payments: Payments,
  session: ClientSession,
  { municipalityId, contractId }: { readonly municipalityId: string; readonly contractId: string },
  { evidence }: Statement,
): Promise<{ readonly contract: OutcomeContractDocument; readonly earlier: DecidedResults[] }> {
  const contract = await payments.outcomes.find(municipalityId, contractId, session);
  if (contract?.state !== 'signed') throw new DomainError('contract-not-signed');
  if (contentSha256(contract) !== contract.sha256) throw new DomainError('terms-changed');
  const { projectId } = evidence;
  // Of two decisions at once one is tried again and sees the other: each numbers an event of the pilot.
  const earlier = await payments.outcomes.decidedOn(projectId, session);
  // Whatever assessment of it comes later: the results of a project are paid once.
  if (earlier.some((one) => one.contractId === contractId)) throw new DomainError('project-decided');
  return { contract, earlier };
}

/** The results that its lines depend on. What is still open is not decided, and another contract may pay for it. */
function resultsDecided({ terms, payer }: OutcomeContractDocument, { open }: OutcomeDecision): string[] {
  return resultsPaid(terms, (payment) => payment.payer === payer && !open.includes(payment.id));
}

function resultsOf(
  contract: OutcomeContractDocument,
  { inputs, participants, investment }: Statement,
): OutcomeResults {
  const paidBefore = Object.fromEntries(
    Object.entries(contract.paid).map(([payment, amount]) => [
      payment,
      decimalOf(money(amount, contract.currency)),
    ]),
  );
  return {
    inputs,
    paidBefore,
    ...(participants ? { participants } : {}),
    ...(investment ? { investment } : {}),
  };
}

function newDecision(
  contract: OutcomeContractDocument,
  { decisionId, evidence, assessor }: Statement,
  made: {
    readonly results: OutcomeResults;
    readonly outcome: OutcomeDecision;
    readonly decided: string[];
    readonly balance: ReturnType<typeof balanceOf>;
    readonly at: Date;
  },
): OutcomeDecisionDocument {
  const { computation, ...outcome } = made.outcome;
  return {
    _id: decisionId,
    municipalityId: contract.municipalityId,
    contractId: contract._id,
    number: contract.decisions + 1,
    termsSha256: contract.sha256,
    results: made.results,
    evidence,
    decided: made.decided,
    outcome,
    computation: computation.map(lineText),
    ...made.balance,
    assessor,
    decidedAt: made.at,
  };
}
