import { moneyReaders } from '@talkoot/api-contracts/payments';
import type { Role } from '@talkoot/api-contracts';
import { decodeCursor, DomainError, inTransaction, pageFrom } from '@talkoot/http-service';
import { readText } from '@talkoot/lifecycle-record';
import { money } from '@talkoot/money';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { closingRoutes } from './closing.routes.ts';
import { computationOf } from './computation.ts';
import { createObligations } from './obligation.creation.ts';
import { requireObligation, viewOne } from './obligation.reading.ts';
import type { ObligationDocument, ObligationFilter } from './obligation.store.ts';
import { obligationView, payoutsByRole } from './obligation.view.ts';

type ObligationRoutes = Routes<
  'createObligations' | 'listObligations' | 'getObligation' | 'listMyObligations' | 'getProjectPayouts'
> &
  ReturnType<typeof closingRoutes>;

export function obligationRoutes(payments: Payments): ObligationRoutes {
  const { connection, obligations, projects } = payments;
  return {
    ...closingRoutes(payments),
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
      const { state, projectId, pilotId, dueBefore } = query;
      const due = dueBefore === undefined ? undefined : new Date(dueBefore);
      const filter = { municipalityId: params.municipalityId, state, projectId, pilotId, dueBefore: due };
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
      const computation = await computationOf(payments, found);
      return { body: { obligation, computation, because: await becauseOf(payments, found) } };
    },
    async getProjectPayouts({ params }) {
      const all = await obligations.ofProject(params.municipalityId, params.projectId);
      return { body: { roles: payoutsByRole(all) } };
    },
  };
}

const mayRead = (rolesHere: readonly Role[]) =>
  rolesHere.some((role) => role === 'payroll' || (moneyReaders as readonly Role[]).includes(role));

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

/** The words of why it was closed, or is to be cancelled. */
async function becauseOf(
  { connection }: Payments,
  { municipalityId, reason, cancellation }: ObligationDocument,
) {
  const said = reason ?? cancellation?.reason;
  return said ? ((await readText(connection, municipalityId, said.id))?.text ?? null) : null;
}
