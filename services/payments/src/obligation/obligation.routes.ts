import { moneyReaders } from '@talkoot/api-contracts/payments';
import type { Role } from '@talkoot/api-contracts';
import { decodeCursor, DomainError, inTransaction, once, pageFrom } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { closeObligation } from './obligation.closing.ts';
import type { Closing } from './obligation.closing.ts';
import { createObligations } from './obligation.creation.ts';
import type { ObligationDocument, ObligationFilter } from './obligation.store.ts';
import { obligationView, payoutsByRole } from './obligation.view.ts';

type ObligationRoutes = Routes<
  | 'createObligations'
  | 'listObligations'
  | 'getObligation'
  | 'listMyObligations'
  | 'getProjectPayouts'
  | 'declineObligation'
  | 'closeObligation'
>;

export function obligationRoutes(payments: Payments): ObligationRoutes {
  const { connection, obligations, projects } = payments;
  return {
    async createObligations({ params, body }) {
      // Known here before another service is asked about it.
      const project = await payments.funds.findCommitment(params.projectId);
      if (project?.municipalityId !== body.municipalityId) throw new DomainError('not-found');
      const team = await projects.teamOf(params.projectId);
      const of = { projectId: params.projectId, municipalityId: body.municipalityId, team };
      const made = await inTransaction(connection, (session) => createObligations(payments, session, of));
      return { body: { obligations: made.obligations, total: money(made.total, made.currency) } };
    },
    async listObligations({ params, query }) {
      const { state, projectId, pilotId } = query;
      const filter = { municipalityId: params.municipalityId, state, projectId, pilotId };
      return { body: await list(payments, filter, query) };
    },
    async listMyObligations({ params, query, person }) {
      const filter = { municipalityId: params.municipalityId, payeeId: person.id };
      return { body: await list(payments, filter, query) };
    },
    async getObligation({ params, person, rolesHere }) {
      const found = await requireObligation(payments, params);
      // Whether it exists is nobody else's business.
      if (found.payeeId !== person.id && !mayRead(rolesHere)) throw new DomainError('not-found');
      const obligation = await viewOne(payments, found);
      return { body: { obligation, computation: await computationOf(payments, found) } };
    },
    async getProjectPayouts({ params }) {
      const all = await obligations.ofProject(params.municipalityId, params.projectId);
      return { body: { roles: payoutsByRole(all) } };
    },
    async declineObligation(call) {
      const declined = { closedBecause: 'declined', reason: null } as const;
      const id = await once(connection, call, async (session) => {
        const found = await requireObligation(payments, call.params, session);
        if (found.payeeId !== call.person.id) throw new DomainError('not-found');
        await closeObligation(payments, session, found, declined);
        return found._id;
      });
      return { body: await viewById(payments, call.params.municipalityId, id) };
    },
    async closeObligation(call) {
      const { params, body } = call;
      const reason = await storeText(
        connection,
        call,
        params.municipalityId,
        'obligation-closed',
        body.reason,
      );
      const closing: Closing = { closedBecause: body.as, reason };
      const id = await once(connection, call, async (session) => {
        const found = await requireObligation(payments, params, session);
        if (body.as === 'unclaimed') await requireUnclaimed(payments, session, found);
        await closeObligation(payments, session, found, closing);
        return found._id;
      });
      return { body: await viewById(payments, params.municipalityId, id) };
    },
  };
}

const mayRead = (rolesHere: readonly Role[]) =>
  rolesHere.some((role) => role === 'payroll' || (moneyReaders as readonly Role[]).includes(role));

async function requireObligation(
  payments: Payments,
  params: { municipalityId: string; obligationId: string },
  session?: ClientSession,
): Promise<ObligationDocument> {
  const found = await payments.obligations.find(params.municipalityId, params.obligationId, session);
  if (!found) throw new DomainError('not-found');
  return found;
}

/** Who has said how to be paid, or is paid through payroll anyway, has not left the money unclaimed. */
async function requireUnclaimed(payments: Payments, session: ClientSession, obligation: ObligationDocument) {
  const { municipalityId, payeeId, payeeRole } = obligation;
  const details = await payments.payees.findMany(municipalityId, [payeeId], session);
  if (details.get(payeeId)?.method || payeeRole === 'civil-servant')
    throw new DomainError('obligation-claimed');
}

async function list(
  payments: Payments,
  filter: ObligationFilter,
  query: { after?: string | undefined; limit: number },
) {
  const after = decodeCursor(query.after, z.string());
  const rows = await payments.obligations.list(filter, after, query.limit + 1);
  const page = pageFrom(rows, query.limit, (row) => row._id);
  const attempts = await payments.obligations.attemptsOf(page.items.map((one) => one._id));
  return { items: page.items.map((one) => obligationView(one, attempts)), next: page.next };
}

async function viewOne(payments: Payments, obligation: ObligationDocument) {
  return obligationView(obligation, await payments.obligations.attemptsOf([obligation._id]));
}

async function viewById(payments: Payments, municipalityId: string, obligationId: string) {
  return viewOne(payments, await requireObligation(payments, { municipalityId, obligationId }));
}

/** The bonus's own lines, and of the split only what concerns all and this payee. */
export async function computationOf(payments: Payments, obligation: ObligationDocument): Promise<string[]> {
  if (obligation.origin === 'round') return ['accepted spending, owed in full'];
  if (obligation.origin === 'outcome') {
    return (
      (await payments.outcomes.findDecision(obligation.municipalityId, obligation.decisionId))?.computation ??
      []
    );
  }
  const bonus = await payments.bonuses.find(obligation.decisionId);
  const split = bonus?.split ?? [];
  const mine = split.filter((line, at) => at === 0 || line.includes(obligation._id));
  return [...(bonus?.computation ?? []), ...mine];
}
