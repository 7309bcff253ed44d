import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { decodeCursor, DomainError, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { z } from 'zod';
import type { Identity } from '../identity.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'putPersonnelNumber' | 'listPersonnelNumbers' | 'findPersonnelNumbers'
>;

/** Personnel numbers stay here: other services ask for them when they write a file. */
export function personnelRoutes({ people, personnel }: Identity): Routes {
  return {
    async putPersonnelNumber({ params: { municipalityId, personId }, body: { personnelNumber } }) {
      if (!(await people.exists(personId))) throw new DomainError('unknown-person');
      await personnel.put(municipalityId, { personId, personnelNumber });
      return { body: { personId, personnelNumber } };
    },
    async listPersonnelNumbers({ params, query: { after, limit } }) {
      const from = decodeCursor(after, z.string());
      const rows = await personnel.list(params.municipalityId, from, limit + 1);
      return { body: pageFrom(rows, limit, (row) => row.personId) };
    },
    async findPersonnelNumbers({ params, body }) {
      return { body: { items: await personnel.findMany(params.municipalityId, body.personIds) } };
    },
  };
}
