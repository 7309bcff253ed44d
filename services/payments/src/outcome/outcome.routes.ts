import type { outcomeRoutes as routes } from '@talkoot/api-contracts/payments';
import { decodeCursor, DomainError, idFrom, once, pageFrom } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { bookOf } from '../fund/commitment.ts';
import type { FundsDocument } from '../fund/fund.store.ts';
import { interestedIn, requireNoMeasurer } from '../interest/interest.ts';
import { outcomeReserved, outcomeReserveReturned } from '../ledger/postings.ts';
import { decideContract } from './outcome.deciding.ts';
import { outcomeReleasedEvent, outcomeReservedEvent } from './outcome.events.ts';
import { maximumOf } from './outcome.maximum.ts';
import {
  contentSha256,
  requireDisinterested,
  requireNotPaid,
  requireParties,
  requireUnpaid,
} from './outcome.ts';
import type { OutcomeContractDocument } from './outcome.store.ts';
import { contractView, decisionView } from './outcome.view.ts';

type OutcomeRoutes = Routes<keyof typeof routes>;
type Asked = { readonly municipalityId: string; readonly contractId: string };

export function outcomeRoutes(payments: Payments): OutcomeRoutes {
  return { ...contracting(payments), ...deciding(payments) };
}

function contracting(
  payments: Payments,
): Pick<
  OutcomeRoutes,
  | 'proposeOutcomeContract'
  | 'signOutcomeContract'
  | 'endOutcomeContract'
  | 'listOutcomeContracts'
  | 'getOutcomeContract'
> {
  const { connection, outcomes } = payments;
  return {
    async proposeOutcomeContract(call) {
      const { projectId = null, payees } = call.body;
      const place = { pilotId: call.params.pilotId, projectId };
      await requireNoMeasurer(
        payments,
        place,
        payees.map(({ payeeId }) => payeeId),
      );
      const proposed = await once(connection, call, async (session) => {
        const contract = await newContract(payments, session, call);
        await outcomes.insert(session, contract);
        return contractView(contract, 0);
      });
      return { body: proposed };
    },
    async signOutcomeContract(call) {
      const { params, body, person } = call;
      const contract = await requireContract(payments, params);
      const { pilotId } = contract;
      await requireNoMeasurer(
        payments,
        contract,
        contract.payees.map(({ payeeId }) => payeeId),
      );
      const sign = (session: ClientSession) =>
        signContract(payments, session, { params, sha256: body.sha256, signer: person.id });
      return { body: await payments.lane(pilotId, () => once(connection, call, sign)) };
    },
    async endOutcomeContract(call) {
      const { params, body, person } = call;
      const { pilotId } = await requireContract(payments, params);
      const reason = await storeText(
        connection,
        call,
        params.municipalityId,
        'outcome-contract-ended',
        body.reason,
      );
      const end = (session: ClientSession) =>
        endContract(payments, session, params, { reason, by: person.id, at: payments.now() });
      return { body: await payments.lane(pilotId, () => once(connection, call, end)) };
    },
    async listOutcomeContracts({ params, query }) {
      const { pilotId, projectId } = query;
      const filter = { municipalityId: params.municipalityId, pilotId, projectId };
      const rows = await outcomes.list(filter, decodeCursor(query.after, z.string()), query.limit + 1);
      const page = pageFrom(rows, query.limit, (row) => row._id);
      return { body: { items: await viewsOf(payments, page.items), next: page.next } };
    },
    async getOutcomeContract({ params }) {
      const contract = await requireContract(payments, params);
      return { body: { contract: await viewOf(payments, contract), terms: contract.terms } };
    },
  };
}

function deciding(
  payments: Payments,
): Pick<OutcomeRoutes, 'decideOutcomeContract' | 'listOutcomeDecisions' | 'explainOutcomeDecision'> {
  const { connection, outcomes } = payments;
  return {
    async decideOutcomeContract(call) {
      const { params, body, person, rolesHere } = call;
      const contract = await requireContract(payments, params);
      const { evidence } = body;
      await requireEvidence(payments, contract, evidence);
      requireDisinterested(
        { id: person.id, rolesHere },
        contract,
        await payments.projects.teamOf(evidence.projectId),
      );
      if ((await interestedIn(payments, evidence.projectId)).includes(person.id))
        throw new DomainError('interested-party');
      const statement = { ...body, assessor: person.id, decisionId: idFrom(call.operationId, 'out') };
      const decide = (session: ClientSession) => decideContract(payments, session, params, statement);
      return { body: await payments.lane(contract.pilotId, () => once(connection, call, decide)) };
    },
    async listOutcomeDecisions({ params, query }) {
      const contract = await requireContract(payments, params);
      const rows = await outcomes.listDecisions(
        contract._id,
        decodeCursor(query.after, z.int()),
        query.limit + 1,
      );
      const page = pageFrom(rows, query.limit, (row) => row.number);
      return { body: { items: page.items.map(decisionView), next: page.next } };
    },
    async explainOutcomeDecision({ params }) {
      const contract = await requireContract(payments, params);
      const decision = await outcomes.findDecision(params.municipalityId, params.decisionId);
      if (decision?.contractId !== contract._id) throw new DomainError('not-found');
      const { results, computation } = decision;
      return {
        body: {
          contract: await viewOf(payments, contract),
          terms: contract.terms,
          results,
          decision: decisionView(decision),
          computation,
        },
      };
    },
  };
}

/** Contracts with what has reached their payees. */
async function viewsOf(
  payments: Payments,
  contracts: readonly OutcomeContractDocument[],
  session?: ClientSession,
) {
  const decisions = await payments.outcomes.decisionsOf(
    contracts.map(({ _id }) => _id),
    session,
  );
  const settled = await payments.obligations.settledOf(
    decisions.map(({ _id }) => _id),
    session,
  );
  const paidOn = ({ _id }: OutcomeContractDocument) =>
    decisions
      .filter((one) => one.contractId === _id)
      .reduce((sum, one) => sum + (settled.get(one._id) ?? 0), 0);
  return contracts.map((contract) => contractView(contract, paidOn(contract)));
}

async function viewOf(payments: Payments, contract: OutcomeContractDocument, session?: ClientSession) {
  const [view] = await viewsOf(payments, [contract], session);
  return view!;
}

async function requireContract(
  payments: Payments,
  { municipalityId, contractId }: Asked,
  session?: ClientSession,
): Promise<OutcomeContractDocument> {
  const found = await payments.outcomes.find(municipalityId, contractId, session);
  if (!found) throw new DomainError('not-found');
  return found;
}

async function requireFunds(
  payments: Payments,
  of: { readonly municipalityId: string; readonly pilotId: string },
  session: ClientSession,
): Promise<FundsDocument> {
  const funds = await payments.funds.findFunds(of.pilotId, session);
  if (funds?.municipalityId !== of.municipalityId) throw new DomainError('funds-missing');
  return funds;
}

async function newContract(
  payments: Payments,
  session: ClientSession,
  { params, body, person, operationId }: Call<typeof routes.proposeOutcomeContract>,
): Promise<OutcomeContractDocument> {
  const funds = await requireFunds(payments, params, session);
  const { terms, payer, payees, projectId = null, besides = [] } = body;
  if (projectId !== null) await requireInPilot(payments, { ...params, projectId }, session);
  await requireKnown(payments, params.pilotId, besides, session);
  const maximum = maximumOf(terms, funds.currency, payer);
  requireParties(terms, payer, payees);
  requireNotPaid(person.id, payees);
  const content = { _id: idFrom(operationId, 'oct'), ...params, projectId, terms, payer, payees, besides };
  // Of what nobody decided yet the decision will tell; what is decided needs no contract that can never pay.
  if (projectId !== null) requireUnpaid(content, [], await payments.outcomes.decidedOn(projectId, session));
  return {
    ...content,
    state: 'proposed',
    sha256: contentSha256(content),
    currency: maximum.currency,
    maximum: maximum.amount,
    awarded: 0,
    receivable: 0,
    received: 0,
    returned: 0,
    paid: {},
    decisions: 0,
    proposedBy: person.id,
    proposedAt: payments.now(),
    signedBy: null,
    signedAt: null,
    ended: null,
  };
}

/** @throws DomainError `not-found` unless the pilot has all of these contracts */
async function requireKnown(
  payments: Payments,
  pilotId: string,
  besides: readonly string[],
  session: ClientSession,
): Promise<void> {
  if ((await payments.outcomes.countIn(pilotId, besides, session)) !== new Set(besides).size)
    throw new DomainError('not-found');
}

/** @throws DomainError `not-found` unless the project is funded in this pilot. */
async function requireInPilot(
  payments: Payments,
  of: { readonly municipalityId: string; readonly pilotId: string; readonly projectId: string },
  session?: ClientSession,
): Promise<void> {
  const project = await payments.funds.findCommitment(of.projectId, session);
  const inPilot = project?.municipalityId === of.municipalityId && project.pilotId === of.pilotId;
  if (!inPilot) throw new DomainError('not-found');
}

/** Two people agree on one text; from here its most is set aside. */
async function signContract(
  payments: Payments,
  session: ClientSession,
  { params, sha256, signer }: { readonly params: Asked; readonly sha256: string; readonly signer: string },
) {
  const contract = await requireContract(payments, params, session);
  if (contract.state !== 'proposed') throw new DomainError('already-decided');
  if (contract.sha256 !== sha256) throw new DomainError('hash-mismatch');
  requireNotPaid(signer, contract.payees);
  const at = payments.now();
  if (!(await payments.outcomes.sign(session, contract._id, signer, at)))
    throw new DomainError('same-person-twice');
  const funds = await requireFunds(payments, contract, session);
  const book = bookOf({ ...funds, pilotId: contract.pilotId });
  const posting = outcomeReserved(book, contract._id, contract.projectId, contract.maximum);
  await payments.ledger.post(session, posting, at);
  await payments.outbox.appendEvents(session, [
    outcomeReservedEvent(contract, contract.maximum, { at, ...book }),
  ]);
  return viewOf(payments, await requireContract(payments, params, session), session);
}

async function endContract(
  payments: Payments,
  session: ClientSession,
  params: Asked,
  ended: NonNullable<OutcomeContractDocument['ended']>,
) {
  const contract = await requireContract(payments, params, session);
  requireNotPaid(ended.by, contract.payees);
  const left = contract.state === 'signed' ? contract.maximum - contract.awarded : 0;
  if (!(await payments.outcomes.end(session, contract._id, ended, left)))
    throw new DomainError('already-decided');
  if (left > 0) {
    const funds = await requireFunds(payments, contract, session);
    const book = bookOf({ ...funds, pilotId: contract.pilotId });
    const posting = outcomeReserveReturned(book, contract._id, contract.projectId, left);
    await payments.ledger.post(session, posting, ended.at);
    const event = outcomeReleasedEvent(contract, left, { at: ended.at, ...book });
    await payments.outbox.appendEvents(session, [event]);
  }
  return viewOf(payments, await requireContract(payments, params, session), session);
}

/**
 * Results rest on the signed assessment of the contract's project or of one of its pilot, once nothing can have it corrected.
 * @throws DomainError `assessment-differs`, `assessment-open`, `not-found`
 */
async function requireEvidence(
  payments: Payments,
  contract: OutcomeContractDocument,
  evidence: { readonly projectId: string; readonly assessmentId: string; readonly sha256: string },
): Promise<void> {
  const { municipalityId, pilotId, projectId: its } = contract;
  const { projectId } = evidence;
  if (its !== null && its !== projectId) throw new DomainError('assessment-differs');
  await requireInPilot(payments, { municipalityId, pilotId, projectId });
  const signed = await payments.projects.assessmentOf(municipalityId, projectId);
  if (signed?.assessmentId !== evidence.assessmentId || signed.sha256 !== evidence.sha256) {
    throw new DomainError('assessment-differs');
  }
  if (!signed.final) throw new DomainError('assessment-open');
}
