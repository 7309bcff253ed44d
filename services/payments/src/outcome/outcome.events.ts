import { eventOf } from '@talkoot/event-bus';
import { fundOutcomeDecidedV1, fundOutcomeReleasedV1, fundOutcomeReservedV1 } from '@talkoot/event-contracts';
import { money } from '@talkoot/money';
import { totalOf } from './outcome.ts';
import type { OutcomeContractDocument, OutcomeDecisionDocument } from './outcome.store.ts';

interface When {
  readonly at: Date;
  readonly fiscalYear: number;
}

const about = ({ pilotId, municipalityId }: OutcomeContractDocument, occurredAt: Date) => ({
  aggregateId: pilotId,
  municipalityId,
  occurredAt,
});

const factsOf = (contract: OutcomeContractDocument, amount: number, fiscalYear: number) => ({
  contractId: contract._id,
  pilotId: contract.pilotId,
  ...(contract.projectId === null ? {} : { projectId: contract.projectId }),
  amount: money(amount, contract.currency),
  fiscalYear,
});

export const outcomeReservedEvent = (
  contract: OutcomeContractDocument,
  amount: number,
  { at, fiscalYear }: When,
) =>
  eventOf({
    event: fundOutcomeReservedV1,
    ...about(contract, at),
    data: { ...factsOf(contract, amount, fiscalYear), contractSha256: contract.sha256 },
  });

export const outcomeReleasedEvent = (
  contract: OutcomeContractDocument,
  amount: number,
  { at, fiscalYear }: When,
) =>
  eventOf({
    event: fundOutcomeReleasedV1,
    ...about(contract, at),
    data: factsOf(contract, amount, fiscalYear),
  });

export const outcomeDecidedEvent = (
  contract: OutcomeContractDocument,
  decision: OutcomeDecisionDocument,
  fiscalYear: number,
) =>
  eventOf({
    event: fundOutcomeDecidedV1,
    ...about(contract, decision.decidedAt),
    data: {
      contractId: contract._id,
      decisionId: decision._id,
      pilotId: contract.pilotId,
      projectId: decision.evidence.projectId,
      assessmentId: decision.evidence.assessmentId,
      payable: money(totalOf(decision.payable, contract.currency), contract.currency),
      receivable: money(totalOf(decision.receivable, contract.currency), contract.currency),
      fiscalYear,
      contractSha256: contract.sha256,
    },
  });
