import { DomainError } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { Payments } from '../context.ts';
import type { ObligationDocument } from './obligation.store.ts';
import { obligationView } from './obligation.view.ts';

/** @throws DomainError `not-found` */
export async function requireObligation(
  payments: Payments,
  params: { municipalityId: string; obligationId: string },
  session?: ClientSession,
): Promise<ObligationDocument> {
  const found = await payments.obligations.find(params.municipalityId, params.obligationId, session);
  if (!found) throw new DomainError('not-found');
  return found;
}

export async function viewOne(payments: Payments, obligation: ObligationDocument, session?: ClientSession) {
  return obligationView(obligation, await payments.obligations.attemptsOf([obligation._id], session));
}
