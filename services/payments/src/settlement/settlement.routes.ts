import { decodeCursor, once, pageFrom } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { importSettlements } from './settlement.import.ts';
import type { SuspenseDocument } from './settlement.store.ts';

export function settlementRoutes(payments: Payments): Routes<'importSettlements' | 'listSuspense'> {
  const { connection, settlements } = payments;
  return {
    async importSettlements(call) {
      const { municipalityId } = call.params;
      const body = await once(connection, call, async (session) => {
        const taken = await importSettlements(payments, session, municipalityId, call.body.lines);
        return { ...taken, suspense: taken.suspense.map(suspenseView) };
      });
      const second = body.suspense.filter((one) => one.code === 'second-booking');
      if (second.length > 0)
        call.log.error({ suspense: second.map((one) => one.suspenseId) }, 'second booking');
      return { body };
    },
    async listSuspense({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const rows = await settlements.listSuspense(params.municipalityId, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      return { body: { items: page.items.map(suspenseView), next: page.next } };
    },
  };
}

function suspenseView({
  _id,
  code,
  endToEndId,
  status,
  amount,
  currency,
  bankReference,
  at,
}: SuspenseDocument) {
  return {
    suspenseId: _id,
    code,
    endToEndId,
    status,
    amount: money(amount, currency),
    bankReference,
    at: at.toISOString(),
  };
}
