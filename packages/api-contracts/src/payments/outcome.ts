import { OutcomeResultsShape, OutcomeTermsShape } from '@talkoot/impact/outcome';
import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import {
  IdShape,
  InstantShape,
  MoneyShape,
  MunicipalityParams,
  ReasonShape,
  Sha256Shape,
  TextRefShape,
} from '../shapes.ts';

export const outcomeContractStates = ['proposed', 'signed', 'ended'] as const;

/** A party of the terms. */
const PartyShape = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9-]*$/);
const OutcomePayeeRoleShape = z.enum(['contractor', 'investor']);

export const OutcomeContractShape = z
  .object({
    contractId: IdShape,
    pilotId: IdShape,
    /** Null for a contract on the pilot as a whole. */
    projectId: IdShape.nullable(),
    state: z.enum(outcomeContractStates),
    title: z.string(),
    /** SHA-256 of the canonical terms, payer and payees: the signer signs exactly this. */
    sha256: Sha256Shape,
    /** The party of the terms that is the municipality: only what this one owes is paid here. */
    payer: PartyShape,
    payees: z.array(z.object({ party: PartyShape, role: OutcomePayeeRoleShape })),
    /** Other contracts of the pilot that this one is beside: its terms pay for none of the results that those decide. */
    besides: z.array(IdShape),
    /** The most that is ever paid, whatever payees owe. */
    maximum: MoneyShape,
    /** Set aside for it at the signature: the maximum, and nothing before. What is awarded, open and returned adds up to it. */
    reserved: MoneyShape,
    /** Of it decided to be paid. */
    awarded: MoneyShape,
    /** Of what was awarded: settled with payees and not come back. The rest is under way, or was closed without payment. */
    paid: MoneyShape,
    /** What decisions can still award: nothing unless the contract is signed and has not ended. */
    open: MoneyShape,
    /** Owed by payees. */
    receivable: MoneyShape,
    /** Of it paid so far. */
    received: MoneyShape,
    /** Back in the outcome fund since the contract ended. */
    returned: MoneyShape,
    decisions: z.int(),
    proposedBy: IdShape,
    proposedAt: InstantShape,
    signedBy: IdShape.nullable(),
    signedAt: InstantShape.nullable(),
    ended: z.object({ reason: TextRefShape, at: InstantShape }).nullable(),
  })
  .meta({ id: 'OutcomeContract' });

/** The signed assessment on which results rest. */
export const OutcomeEvidenceShape = z
  .object({ projectId: IdShape, assessmentId: IdShape, sha256: Sha256Shape })
  .meta({ id: 'OutcomeEvidence' });

export const OutcomeDecisionShape = z
  .object({
    decisionId: IdShape,
    contractId: IdShape,
    /** 1 for the first decision of the contract. */
    number: z.int().min(1),
    termsSha256: Sha256Shape,
    /** Below zero: owed by the payees. Of all payers of the terms, decimal text in currency units. */
    amount: z.string(),
    currency: z.string(),
    reason: z.string(),
    subtotals: z.array(
      z.object({
        group: z.string().nullable(),
        payer: z.string(),
        payee: z.string(),
        amount: z.string(),
        paid: z.string(),
      }),
    ),
    lines: z.array(z.object({ payment: z.string(), amount: z.string().nullable(), paid: z.string() })),
    /** What the municipality owes out of this decision, by party; each is one obligation. */
    payable: z.array(z.object({ party: z.string(), amount: MoneyShape })),
    /** What it is owed, by party. */
    receivable: z.array(z.object({ party: z.string(), amount: MoneyShape })),
    evidence: OutcomeEvidenceShape,
    assessor: IdShape,
    decidedAt: InstantShape,
  })
  .meta({ id: 'OutcomeDecision' });

const PilotParams = MunicipalityParams.extend({ pilotId: IdShape });
const ContractParams = MunicipalityParams.extend({ contractId: IdShape });
const DecisionParams = ContractParams.extend({ decisionId: IdShape });
const termsLimit = 512 * 1024;

export const outcomeRoutes = {
  proposeOutcomeContract: route('POST /v1/m/{municipalityId}/pilots/{pilotId}/outcome-contracts', {
    summary: 'Propose an outcome contract: its terms, who pays and who is paid',
    access: { roles: ['sponsor', 'finance-clerk', 'budget-authority'] },
    params: PilotParams,
    body: z.object({
      projectId: IdShape.optional(),
      terms: OutcomeTermsShape,
      payer: PartyShape,
      payees: z
        .array(z.object({ party: PartyShape, payeeId: IdShape, role: OutcomePayeeRoleShape }))
        .min(1)
        .max(50),
      besides: z.array(IdShape).max(50).optional(),
    }),
    bodyLimit: termsLimit,
    answer: OutcomeContractShape,
    problems: [
      'terms-refused',
      'outcome-cap-missing',
      'line-cap-missing',
      'parties-differ',
      'own-payment',
      'has-measured',
      'funds-missing',
      'amount-invalid',
      'result-paid',
    ],
  }),
  signOutcomeContract: route('POST /v1/m/{municipalityId}/outcome-contracts/{contractId}/signature', {
    summary:
      'Sign exactly these terms and reserve their maximum in the outcome fund; not by the proposer or a payee',
    access: { roles: ['budget-authority'] },
    params: ContractParams,
    body: z.object({ sha256: Sha256Shape }),
    answer: OutcomeContractShape,
    problems: [
      'hash-mismatch',
      'same-person-twice',
      'own-payment',
      'has-measured',
      'already-decided',
      'fund-overdrawn',
    ],
  }),
  listOutcomeContracts: route('GET /v1/m/{municipalityId}/outcome-contracts', {
    summary: 'Outcome contracts, by id',
    access: { anyone: true },
    params: MunicipalityParams,
    query: PageQueryShape.extend({ pilotId: IdShape.optional(), projectId: IdShape.optional() }),
    answer: pageOf(OutcomeContractShape),
  }),
  getOutcomeContract: route('GET /v1/m/{municipalityId}/outcome-contracts/{contractId}', {
    summary: 'An outcome contract with its terms',
    access: { anyone: true },
    params: ContractParams,
    answer: z.object({ contract: OutcomeContractShape, terms: OutcomeTermsShape }),
  }),
  decideOutcomeContract: route('POST /v1/m/{municipalityId}/outcome-contracts/{contractId}/decisions', {
    summary:
      'Record results, with reference to the final assessment of a project, and decide by them what is paid, once for each project; by an assessor who gains nothing',
    access: { roles: ['assessor'] },
    params: ContractParams,
    body: z.object({
      evidence: OutcomeEvidenceShape,
      inputs: OutcomeResultsShape.shape.inputs,
      participants: OutcomeResultsShape.shape.participants,
      investment: OutcomeResultsShape.shape.investment,
    }),
    bodyLimit: termsLimit,
    answer: OutcomeDecisionShape,
    problems: [
      'results-refused',
      'contract-not-signed',
      'terms-changed',
      'interested-party',
      'assessment-differs',
      'assessment-open',
      'project-decided',
      'result-paid',
      'above-signed-maximum',
    ],
  }),
  listOutcomeDecisions: route('GET /v1/m/{municipalityId}/outcome-contracts/{contractId}/decisions', {
    summary: 'Decisions of an outcome contract, oldest first',
    access: { anyone: true },
    params: ContractParams,
    query: PageQueryShape,
    answer: pageOf(OutcomeDecisionShape),
  }),
  explainOutcomeDecision: route(
    'GET /v1/m/{municipalityId}/outcome-contracts/{contractId}/decisions/{decisionId}',
    {
      summary:
        'Why this amount? The terms as signed, the results and their evidence, and every line of the computation',
      access: { anyone: true },
      params: DecisionParams,
      answer: z.object({
        contract: OutcomeContractShape,
        terms: OutcomeTermsShape,
        results: OutcomeResultsShape,
        decision: OutcomeDecisionShape,
        computation: z.array(z.string()),
      }),
    },
  ),
  endOutcomeContract: route('POST /v1/m/{municipalityId}/outcome-contracts/{contractId}/end', {
    summary: 'End an outcome contract: what is left of its reserve returns to the outcome fund',
    access: { roles: ['budget-authority'] },
    params: ContractParams,
    body: z.object({ reason: ReasonShape }),
    answer: OutcomeContractShape,
    problems: ['contract-not-signed', 'own-payment'],
  }),
};
