import { DomainError } from '@talkoot/http-service';
import type { Payments, Routes } from '../context.ts';
import type { PayeeDocument } from './payee.store.ts';

export function payeeRoutes({ payees, now }: Payments): Routes<'putPayeeDetails' | 'getPayeeDetails'> {
  return {
    async putPayeeDetails({ params, person, rolesHere, body }) {
      if (rolesHere.length === 0) throw new DomainError('not-payable-here');
      return { body: payeeView(await payees.put(params.municipalityId, person.id, body, now())) };
    },
    async getPayeeDetails({ params, person }) {
      const found = await payees.find(params.municipalityId, person.id);
      if (!found) throw new DomainError('not-found');
      return { body: payeeView(found) };
    },
  };
}

function payeeView({ method, masked, changedAt }: PayeeDocument) {
  return { method, masked, changedAt: changedAt.toISOString() };
}
