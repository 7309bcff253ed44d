import { decodeCursor, once, pageFrom } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { confirmResolution, proposeResolution } from './suspense.resolution.ts';
import { suspenseView } from './suspense.view.ts';

type SettlementRoutes = Routes<'listSuspense' | 'proposeResolution' | 'confirmResolution'>;

export function settlementRoutes(payments: Payments): SettlementRoutes {
  const { connection, settlements } = payments;
  return {
    async listSuspense({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const filter = { municipalityId: params.municipalityId, state: query.state };
      const rows = await settlements.listSuspense(filter, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      return { body: { items: page.items.map(suspenseView), next: page.next } };
    },
    async proposeResolution(call) {
      const { municipalityId, suspenseId } = call.params;
      const reason = await storeText(connection, call, municipalityId, 'suspense-resolved', call.body.reason);
      const { resolution } = call.body;
      const proposal = { municipalityId, suspenseId, personId: call.person.id, resolution, reason };
      return {
        body: await once(connection, call, async (session) =>
          suspenseView(await proposeResolution(payments, session, proposal)),
        ),
      };
    },
    async confirmResolution(call) {
      const confirmation = { ...call.params, ...call.body, personId: call.person.id };
      return {
        body: await once(connection, call, async (session) =>
          suspenseView(await confirmResolution(payments, session, confirmation)),
        ),
      };
    },
  };
}

/** Money may have been paid twice: whoever watches the logs hears of it. */
export function raiseAlarms(log: Logger, suspense: readonly ReturnType<typeof suspenseView>[]): void {
  const alarming = suspense
    .filter(({ alarm }) => alarm)
    .map(({ suspenseId, code }) => ({ suspenseId, code }));
  if (alarming.length > 0) log.error({ suspense: alarming }, 'a payment may have been made twice');
}
