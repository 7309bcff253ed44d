import type { LocalIdentityApi } from '@talkoot/api-contracts/identity/local';
import { DomainError, idFrom, inTransaction } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { randomUUID, timingSafeEqual } from 'node:crypto';
import { secretHash } from '../session/secret.ts';
import type { Identity } from '../identity.ts';
import { despiteRivals } from '../person/rivals.ts';
import { grantsOf } from '../role/grants.claim.ts';

type Routes = Pick<Handlers<LocalIdentityApi>, 'createLocalPeople' | 'grantLocalTokens'>;
type People = Parameters<Routes['createLocalPeople']>[0]['body']['people'];

/** Only registered in a local stack. */
export function localRoutes(identity: Identity, secret: string): Routes {
  const { connection, municipalities, people, signer } = identity;
  const requireSecret = (given: string) => {
    const same = timingSafeEqual(Buffer.from(secretHash(given)), Buffer.from(secretHash(secret)));
    if (!same) throw new DomainError('local-secret-wrong');
  };
  return {
    async createLocalPeople(call) {
      const { body } = call;
      requireSecret(body.secret);
      if (body.people.some((one) => one.subject === undefined && one.nationalId === undefined)) {
        throw new DomainError('local-person-nameless');
      }
      for (const one of body.municipalities) {
        await municipalities.ensure({ ...one, timeZone: one.timeZone ?? 'Europe/Helsinki' });
      }
      if (!(await municipalities.areKnown(body.people.map((one) => one.municipalityId)))) {
        throw new DomainError('unknown-municipality');
      }
      return { body: { personIds: await despiteRivals(() => makePeople(identity, body.people)) } };
    },

    async grantLocalTokens(call) {
      requireSecret(call.body.secret);
      const { personIds } = call.body;
      if ((await people.count(personIds)) !== new Set(personIds).size)
        throw new DomainError('unknown-person');
      const claims = await grantsOf(personIds, identity);
      const signed = await Promise.all(personIds.map((id, index) => signer.sign(id, claims[index]!)));
      const expiresAt = signed[0]?.expiresAt ?? identity.now().toISOString();
      return { body: { expiresAt, tokens: signed.map((one) => one.token) } };
    },
  };
}

function makePeople({ connection, people, residents, grants, issuer, now }: Identity, wanted: People) {
  const named = wanted.map(({ subject, nationalId }) => [
    ...(subject === undefined ? [] : [{ kind: 'subject', issuer, subject } as const]),
    ...(nationalId === undefined ? [] : [{ kind: 'national-id', value: nationalId } as const]),
  ]);
  return inTransaction(connection, async (session) => {
    const ids = await people.ensureMany(named, session);
    const homes = Map.groupBy(
      wanted.flatMap(({ municipalityId, resident }, index) =>
        resident
          ? [{ ...resident, validFrom: resident.validFrom ?? '', municipalityId, personId: ids[index]! }]
          : [],
      ),
      (home) => home.municipalityId,
    );
    for (const [municipalityId, rows] of homes) await residents.putMany(municipalityId, rows, false, session);
    const roles = wanted.flatMap(({ municipalityId, roles: held }, index) =>
      held
        .filter((role) => role !== 'resident')
        .map((role) => ({
          grantId: idFrom(randomUUID(), 'gra'),
          municipalityId,
          personId: ids[index]!,
          role,
          at: now(),
          by: null,
        })),
    );
    await grants.addMissing(roles, session);
    return ids;
  });
}
