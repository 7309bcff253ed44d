import { dueAfter, timesOf, UNCLAIMED } from '@talkoot/charter-calendar';
import type { Calendar } from '@talkoot/charter-calendar';
import { DomainError, once } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { ClientSession } from 'mongoose';
import { requireUnpaid } from '../batch/batch.ts';
import type { Payments, Routes } from '../context.ts';
import { confirmCancellation, proposeCancellation } from './obligation.cancellation.ts';
import { closeObligation } from './obligation.closing.ts';
import { requireObligation, viewOne } from './obligation.reading.ts';
import { requireOpen } from './obligation.ts';
import type { ObligationDocument } from './obligation.store.ts';
import { tellOfObligation } from './obligation.telling.ts';

type ClosingRoutes = Routes<
  'declineObligation' | 'closeUnclaimed' | 'proposeCancellation' | 'confirmCancellation'
>;
type ObligationCall = Call & {
  readonly params: { readonly municipalityId: string; readonly obligationId: string };
};

/** How an obligation ends without payment. */
export function closingRoutes(payments: Payments): ClosingRoutes {
  const { connection } = payments;
  const reasonOf = (call: ObligationCall & { readonly body: { readonly reason: string } }) =>
    storeText(connection, call, call.params.municipalityId, 'obligation-closed', call.body.reason);

  /** Does something to an obligation once, and answers with what it was then, however often it is asked. */
  async function change(
    call: ObligationCall,
    work: (session: ClientSession, found: ObligationDocument) => Promise<void>,
  ) {
    const { params } = call;
    const body = await once(connection, call, async (session) => {
      await work(session, await requireObligation(payments, params, session));
      return viewOne(payments, await requireObligation(payments, params, session), session);
    });
    await tellOfObligation(payments, await requireObligation(payments, params)).catch((error: unknown) => {
      // It is tried again each minute.
      call.log.warn({ err: error, obligationId: params.obligationId }, 'payee not told yet');
    });
    return { body };
  }

  return {
    declineObligation: (call) =>
      change(call, async (session, found) => {
        if (found.payeeId !== call.person.id) throw new DomainError('not-found');
        await closeObligation(payments, session, found, { closedBecause: 'declined', reason: null });
      }),
    async closeUnclaimed(call) {
      const { pilotId } = await requireObligation(payments, call.params);
      const calendar = await payments.projects.calendarOf(pilotId);
      const reason = await reasonOf(call);
      return change(call, async (session, found) => {
        requireOpen(found);
        requireUnpaid([found], call.person.id);
        await requireUnclaimed(payments, session, found);
        requireExpired(calendar, found, payments.now());
        await closeObligation(payments, session, found, { closedBecause: 'unclaimed', reason });
      });
    },
    async proposeCancellation(call) {
      const reason = await reasonOf(call);
      return change(call, (session, found) =>
        proposeCancellation(payments, session, found, { by: call.person.id, reason }),
      );
    },
    confirmCancellation: (call) =>
      change(call, (session, found) =>
        confirmCancellation(payments, session, found, { by: call.person.id, ...call.body }),
      ),
  };
}

/** @throws DomainError `not-unclaimed-yet` before the time of the charter is over, counted from when it was last due */
function requireExpired(calendar: Calendar, { stateSince }: ObligationDocument, now: Date): void {
  const from = dueAfter(calendar, stateSince.toISOString(), timesOf(calendar, UNCLAIMED).duration);
  if (now < new Date(from)) throw new DomainError('not-unclaimed-yet', `It may be claimed until ${from}`);
}

/**
 * Who has said how to be paid, or is paid through payroll anyway, has not left the money unclaimed. Whoever says it at the same time
 * meets this in the payee: one of the two is tried again and sees the other.
 */
async function requireUnclaimed(payments: Payments, session: ClientSession, obligation: ObligationDocument) {
  const { municipalityId, payeeId, payeeRole } = obligation;
  const details = await payments.payees.touch(session, { municipalityId, personId: payeeId }, payments.now());
  if (details.method || details.change || payeeRole === 'civil-servant')
    throw new DomainError('obligation-claimed');
}
