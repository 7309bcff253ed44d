import { DomainError, inTransaction, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { money } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import type { FundName } from '@talkoot/api-contracts/payments';
import type { Payments, Routes } from '../context.ts';
import { commitmentRaised, fundsOpened } from '../ledger/postings.ts';
import { bookOf, commitProject, releaseCommitment, releaseReserve } from './commitment.ts';
import { commitmentMadeEvent, fundsOpenedEvent } from './fund.events.ts';
import { requirePositive, splitLimit } from './fund.ts';
import type { CommitmentDocument, FundsDocument } from './fund.store.ts';
import { fundsView, projectMoneyView } from './fund.view.ts';

type FundRoutes = Routes<
  | 'openFunds'
  | 'getFunds'
  | 'commitProject'
  | 'releaseProject'
  | 'getPilotFunds'
  | 'getProjectMoney'
  | 'raiseCommitment'
>;

export function fundRoutes(payments: Payments): FundRoutes {
  const { connection, funds } = payments;
  return {
    async openFunds({ params, body }) {
      const allotted = splitLimit(body.limit, body.shares);
      const document = newFunds(params.pilotId, body, allotted, payments.now());
      await inTransaction(connection, (session) => openFunds(payments, session, document));
      return { body: allotted };
    },
    async getFunds({ params }) {
      const found = await funds.findFunds(params.pilotId);
      if (!found) throw new DomainError('not-found');
      const view = await viewOf(payments, found);
      const available = (fund: FundName) => view.funds.find((one) => one.fund === fund)!.available;
      return {
        body: { round: available('round'), bonus: available('bonus'), outcome: available('outcome') },
      };
    },
    async commitProject({ params, body }) {
      const order = { ...body, projectId: params.projectId };
      const made = await inBook(payments, body, (session) => commitProject(payments, session, order));
      const { cost, pool, currency } = made;
      return { body: { committed: money(cost, currency), reserved: money(pool, currency) } };
    },
    async releaseProject({ params, body }) {
      const known = await funds.findCommitment(params.projectId);
      if (known) await inBook(payments, known, (session) => release(payments, session, known._id, body.what));
      return { body: { done: true } };
    },
    async getPilotFunds({ params }) {
      const found = await funds.findFunds(params.pilotId);
      if (found?.municipalityId !== params.municipalityId) throw new DomainError('not-found');
      return { body: await viewOf(payments, found) };
    },
    async getProjectMoney({ params }) {
      return { body: projectMoneyView(await requireProject(payments, params)) };
    },
    async raiseCommitment(call) {
      const { params, body } = call;
      const { pilotId } = await requireProject(payments, params);
      const reason = await storeText(
        connection,
        call,
        params.municipalityId,
        'commitment-raised',
        body.reason,
      );
      const raise = { key: call.operationId, amount: body.amount.amount, reason, by: call.person.id };
      return {
        body: await payments.lane(pilotId, () =>
          once(connection, call, (session) =>
            raiseCommitment(payments, session, { params, amount: body.amount, raise }),
          ),
        ),
      };
    },
  };
}

/** A transaction that posts for a pilot: others of this process wait instead of conflicting with it. */
const inBook = <T>(
  { connection, lane }: Payments,
  { pilotId }: { readonly pilotId: string },
  work: (session: ClientSession) => Promise<T>,
): Promise<T> => lane(pilotId, () => inTransaction(connection, work));

/** Returns what a project did not use. As it is read now, not before it waited. */
async function release(
  payments: Payments,
  session: ClientSession,
  projectId: string,
  what: 'commitment' | 'everything',
): Promise<void> {
  const project = await payments.funds.findCommitment(projectId, session);
  if (!project) return;
  await releaseCommitment(payments, session, project);
  if (what === 'everything') await releaseReserve(payments, session, project);
}

async function viewOf(payments: Payments, funds: FundsDocument) {
  return fundsView(
    funds,
    await payments.ledger.balancesOf(funds.municipalityId, funds._id, funds.fiscalYear),
  );
}

/** @throws DomainError `not-found` unless the project is committed in this municipality. */
export async function requireProject(
  payments: Payments,
  params: { municipalityId: string; projectId: string },
  session?: ClientSession,
): Promise<CommitmentDocument> {
  const project = await payments.funds.findCommitment(params.projectId, session);
  if (project?.municipalityId !== params.municipalityId) throw new DomainError('not-found');
  return project;
}

function newFunds(
  pilotId: string,
  body: { municipalityId: string; limit: Money; fiscalYear: number },
  allotted: Readonly<Record<FundName, Money>>,
  openedAt: Date,
): FundsDocument {
  const { municipalityId, fiscalYear, limit } = body;
  const amounts = {
    round: allotted.round.amount,
    bonus: allotted.bonus.amount,
    outcome: allotted.outcome.amount,
  };
  return {
    _id: pilotId,
    municipalityId,
    currency: limit.currency,
    limit: limit.amount,
    fiscalYear,
    allotted: amounts,
    carriedOver: { round: 0, bonus: 0, outcome: 0 },
    opened: { fiscalYear, allotted: amounts },
    openedAt,
  };
}

async function openFunds(payments: Payments, session: ClientSession, document: FundsDocument): Promise<void> {
  const known = await payments.funds.findFunds(document._id, session);
  if (known) return requireSameFunds(known, document);
  await payments.funds.insertFunds(session, document);
  const book = bookOf({ ...document, pilotId: document._id });
  await payments.ledger.post(session, fundsOpened(book, document.allotted), document.openedAt);
  await payments.outbox.appendEvents(session, [fundsOpenedEvent(document)]);
}

function requireSameFunds(known: FundsDocument, asked: FundsDocument): void {
  const contentOf = ({ municipalityId, currency, limit, opened: { fiscalYear, allotted } }: FundsDocument) =>
    JSON.stringify([municipalityId, fiscalYear, currency, limit, allotted.round, allotted.bonus]);
  if (contentOf(known) !== contentOf(asked)) throw new DomainError('funds-differ');
}

interface Raise {
  readonly params: { municipalityId: string; projectId: string };
  readonly amount: Money;
  readonly raise: Omit<CommitmentDocument['raises'][number], 'at'>;
}

async function raiseCommitment(payments: Payments, session: ClientSession, { params, amount, raise }: Raise) {
  const project = await requireProject(payments, params, session);
  requirePositive(amount, project.currency);
  if (project.closed) throw new DomainError('commitment-closed');
  const at = payments.now();
  const posting = commitmentRaised(bookOf(project), project._id, raise.amount, raise.key);
  await payments.ledger.post(session, posting, at);
  await payments.funds.raise(session, project._id, { ...raise, at });
  await payments.outbox.appendEvents(session, [commitmentMadeEvent(project, 'round', raise.amount, at)]);
  return projectMoneyView(await requireProject(payments, params, session));
}
