import type { IdentityApi, PersonName } from '@talkoot/api-contracts/identity';
import { decodeCursor, DomainError, idFrom, once, pageFrom } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { Identity } from '../identity.ts';
import { checkGrant, isOperator, isTimeZone } from './grant.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'createMunicipality' | 'listMunicipalities' | 'grantRole' | 'listGrants' | 'revokeGrant'
>;

export function grantRoutes(identity: Identity): Routes {
  const { connection, people, grants, municipalities, issuer, now } = identity;

  async function personNamed(name: PersonName, session: ClientSession): Promise<string> {
    if ('subject' in name) {
      const known = await people.recognise([{ kind: 'subject', issuer, subject: name.subject }], session);
      return known.outcome === 'known' ? known.person.id : people.save(known, false, session);
    }
    if (!(await people.exists(name.personId))) throw new DomainError('unknown-person');
    return name.personId;
  }

  return {
    async createMunicipality(call) {
      const { operator, ...municipality } = call.body;
      if (!isOperator(call.person.grants)) throw new DomainError('not-an-operator');
      if (!isTimeZone(municipality.timeZone)) throw new DomainError('unknown-time-zone');
      await once(connection, call, async (session) => {
        const personId = await personNamed(operator, session);
        await municipalities.add(municipality, session);
        const grant = { municipalityId: municipality.municipalityId, personId, role: 'operator' as const };
        const grantId = idFrom(call.operationId, 'gra');
        await grants.add({ ...grant, grantId, at: now(), by: call.person.id }, session);
      });
      return { body: municipality };
    },

    async listMunicipalities(call) {
      const { after, limit } = call.query;
      const rows = await municipalities.list(decodeCursor(after, z.string()), limit + 1);
      return { body: pageFrom(rows, limit, (row) => row.municipalityId) };
    },

    async grantRole(call) {
      const { municipalityId } = call.params;
      const body = await once(connection, call, async (session) => {
        const personId = await personNamed(call.body.person, session);
        checkGrant(call.person.id, personId, call.body.role);
        const grantId = idFrom(call.operationId, 'gra');
        const grant = {
          grantId,
          municipalityId,
          personId,
          role: call.body.role,
          at: now(),
          by: call.person.id,
        };
        if (!(await grants.add(grant, session))) throw new DomainError('already-granted');
        return { grantId, personId, role: grant.role, since: grant.at.toISOString() };
      });
      return { body };
    },

    async listGrants(call) {
      const { after, limit, role } = call.query;
      const page = { after: decodeCursor(after, z.string()), limit: limit + 1, role };
      const found = pageFrom(
        await grants.list(call.params.municipalityId, page),
        limit,
        (row) => row.grantId,
      );
      const items = found.items.map(({ grantId, personId, role: held, at }) => ({
        grantId,
        personId,
        role: held,
        since: at.toISOString(),
      }));
      return { body: { items, next: found.next } };
    },

    async revokeGrant(call) {
      const { municipalityId, grantId } = call.params;
      const body = await once(connection, call, async (session) => {
        const grant = await grants.find(municipalityId, grantId, session);
        if (!grant) throw new DomainError('not-found');
        if (grant.personId === call.person.id) throw new DomainError('own-grant');
        const at = grant.revokedAt ?? now();
        await grants.revoke(grantId, at, call.person.id, session);
        return { grantId, revokedAt: at.toISOString() };
      });
      return { body };
    },
  };
}
