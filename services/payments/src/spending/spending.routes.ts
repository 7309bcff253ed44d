import { eventOf } from '@talkoot/event-bus';
import { projectSpendingRecordedV1 } from '@talkoot/event-contracts';
import { decodeCursor, DomainError, idFrom, once, pageFrom } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { TextRef } from '@talkoot/api-contracts';
import type { spendingRoutes as routes } from '@talkoot/api-contracts/payments';
import type { Payments, Routes } from '../context.ts';
import { bookOf } from '../fund/commitment.ts';
import { requireProject } from '../fund/fund.routes.ts';
import { requirePositive } from '../fund/fund.ts';
import type { CommitmentDocument } from '../fund/fund.store.ts';
import { interestedIn, requireNoMeasurer } from '../interest/interest.ts';
import { commitmentReturned, spendingAccepted } from '../ledger/postings.ts';
import { oweContractor } from '../obligation/obligation.creation.ts';
import { bookingCodes } from '../obligation/obligation.ts';
import type { SpendingDocument } from './spending.store.ts';
import { requireOtherPerson, requireSpender } from './spending.ts';

type RecordCall = Call<(typeof routes)['recordSpending']>;
const Cursor = z.object({ at: z.iso.datetime(), id: z.string() });

export function spendingRoutes(
  payments: Payments,
): Routes<'recordSpending' | 'listSpending' | 'listInterested' | 'acceptSpending' | 'refuseSpending'> {
  const { connection, spending } = payments;
  return {
    async recordSpending(call) {
      const project = await requireProject(payments, call.params);
      if (!call.rolesHere.includes('finance-clerk')) {
        requireSpender(call.person.id, await payments.projects.teamOf(project._id));
      }
      requirePositive(call.body.amount, project.currency);
      if (call.body.contractorId && !call.body.procurementReference) {
        throw new DomainError('procurement-reference-missing');
      }
      const document = newSpending(call, project, payments.now());
      await requireNoMeasurer(payments, ...payeeOf(document));
      const recorded = payments.lane(project._id, () =>
        once(connection, call, (session) => record(payments, session, document)),
      );
      return { body: await recorded };
    },
    async listSpending({ params, query }) {
      const after = decodeCursor(query.after, Cursor);
      const from = after && { at: new Date(after.at), id: after.id };
      const { municipalityId, projectId } = params;
      const rows = await spending.list({ municipalityId, projectId }, from, query.limit + 1);
      const page = pageFrom(rows, query.limit, (row) => ({ at: row.recordedAt.toISOString(), id: row._id }));
      return { body: { items: page.items.map(spendingView), next: page.next } };
    },
    async listInterested({ params }) {
      return { body: { personIds: await interestedIn(payments, params.projectId) } };
    },
    async acceptSpending(call) {
      const { params, person } = call;
      const recorded = await requireSpending(payments, params);
      await requireNoMeasurer(payments, ...payeeOf(recorded));
      const { pilotId } = recorded;
      const accepted = payments.lane(pilotId, () =>
        once(connection, call, async (session) => {
          const decision = { state: 'accepted', refusal: null, personId: person.id } as const;
          const spent = await decide(payments, session, params, decision);
          await accept(payments, session, spent);
          return spendingView(spent);
        }),
      );
      return { body: await accepted };
    },
    async refuseSpending(call) {
      const { params, person } = call;
      const refusal = await storeText(
        connection,
        call,
        params.municipalityId,
        'spending-refused',
        call.body.reason,
      );
      return {
        body: await once(connection, call, async (session) => {
          const decision = { state: 'refused', refusal, personId: person.id } as const;
          const refused = await decide(payments, session, params, decision);
          await giveBack(payments, session, refused);
          return spendingView(refused);
        }),
      };
    },
  };
}

const payeeOf = ({ pilotId, projectId, contractorId }: SpendingDocument) =>
  [{ pilotId, projectId }, contractorId === null ? [] : [contractorId]] as const;

/** Procurement is no way to pay an investor of the pilot. */
async function requireNoInvestor(
  payments: Payments,
  session: ClientSession,
  { pilotId, contractorId }: SpendingDocument,
): Promise<void> {
  if (contractorId !== null && (await payments.outcomes.isInvestor(session, pilotId, contractorId))) {
    throw new DomainError('paid-by-outcome-only');
  }
}

function newSpending(call: RecordCall, project: CommitmentDocument, recordedAt: Date): SpendingDocument {
  const { body } = call;
  return {
    _id: idFrom(call.operationId, 'spe'),
    municipalityId: project.municipalityId,
    pilotId: project.pilotId,
    projectId: project._id,
    amount: body.amount.amount,
    currency: body.amount.currency,
    state: 'recorded',
    purpose: body.purpose,
    milestoneId: body.milestoneId ?? null,
    invoiceReference: body.invoiceReference ?? null,
    procurementReference: body.procurementReference ?? null,
    contractorId: body.contractorId ?? null,
    refusal: null,
    recordedBy: call.person.id,
    decidedBy: null,
    recordedAt,
    decidedAt: null,
  };
}

async function record(payments: Payments, session: ClientSession, document: SpendingDocument) {
  await requireNoInvestor(payments, session, document);
  if (!(await payments.funds.claim(session, document.projectId, document.amount))) {
    const project = await payments.funds.findCommitment(document.projectId, session);
    throw new DomainError(project?.closed ? 'commitment-closed' : 'above-commitment');
  }
  await payments.spending.insert(session, document);
  const { _id, projectId, municipalityId, amount, currency, milestoneId, recordedAt } = document;
  const event = eventOf({
    event: projectSpendingRecordedV1,
    aggregateId: projectId,
    municipalityId,
    occurredAt: recordedAt,
    data: {
      spendingId: _id,
      amount: money(amount, currency),
      ...(milestoneId === null ? {} : { milestoneId }),
    },
  });
  await payments.outbox.appendEvents(session, [event]);
  return spendingView(document);
}

async function requireSpending(
  payments: Payments,
  params: { municipalityId: string; spendingId: string },
  session?: ClientSession,
): Promise<SpendingDocument> {
  const found = await payments.spending.find(params.municipalityId, params.spendingId, session);
  if (!found) throw new DomainError('not-found');
  return found;
}

interface SpendingDecision {
  readonly state: 'accepted' | 'refused';
  readonly refusal: TextRef | null;
  readonly personId: string;
}

async function decide(
  payments: Payments,
  session: ClientSession,
  params: { municipalityId: string; spendingId: string },
  { state, refusal, personId }: SpendingDecision,
): Promise<SpendingDocument> {
  const found = await requireSpending(payments, params, session);
  if (found.state !== 'recorded') throw new DomainError('already-decided');
  requireOtherPerson(found.recordedBy, personId);
  if (state === 'accepted' && found.contractorId === personId) throw new DomainError('own-payment');
  const decision = { state, refusal, decidedBy: personId, decidedAt: payments.now() };
  const decided = await payments.spending.decide(session, found._id, decision);
  if (!decided) throw new DomainError('already-decided');
  return decided;
}

async function accept(payments: Payments, session: ClientSession, spending: SpendingDocument): Promise<void> {
  // Since it was recorded, the contractor may have become an investor.
  await requireNoInvestor(payments, session, spending);
  const project = await requireProject(payments, spending, session);
  const obligationId =
    spending.contractorId === null ? null : await oweContractor(payments, session, spending, project);
  const { _id: spendingId, projectId, amount } = spending;
  const codes = bookingCodes.contractor;
  const posting = spendingAccepted(bookOf(project), { spendingId, projectId, amount, obligationId, codes });
  await payments.ledger.post(session, posting, payments.now());
  await payments.funds.change(session, projectId, { accepted: amount });
}

/** The claim ends. Where the commitment is closed already, the money goes straight to the round fund. */
async function giveBack(
  payments: Payments,
  session: ClientSession,
  spending: SpendingDocument,
): Promise<void> {
  const { projectId, amount } = spending;
  const project = await requireProject(payments, spending, session);
  await payments.funds.change(session, projectId, {
    claimed: -amount,
    ...(project.closed ? { commitmentReturned: amount } : {}),
  });
  if (!project.closed) return;
  const posting = commitmentReturned(bookOf(project), projectId, amount, spending._id);
  await payments.ledger.post(session, posting, payments.now());
}

function spendingView(document: SpendingDocument) {
  const { _id, projectId, state, purpose, milestoneId, invoiceReference, procurementReference } = document;
  return {
    spendingId: _id,
    projectId,
    amount: money(document.amount, document.currency),
    state,
    purpose,
    milestoneId,
    invoiceReference,
    procurementReference,
    contractor: document.contractorId !== null,
    refusal: document.refusal,
    recordedAt: document.recordedAt.toISOString(),
    decidedAt: document.decidedAt?.toISOString() ?? null,
  };
}
