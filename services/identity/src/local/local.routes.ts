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
  const { municipalities, signer } = identity;
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
      const claims = await grantsOf(personIds, identity);
      const signed = await Promise.all(
        personIds.map((id, index) => {
          const grants = claims[index];
          if (!grants) throw new DomainError('unknown-person');
          return signer.sign(id, grants);
        }),
      );
      const expiresAt = signed[0]?.expiresAt ?? identity.now().toISOString();
      return { body: { expiresAt, tokens: signed.map((one) => one.token) } };
    },
  };
}

async function makePeople(identity: Identity, wanted: People): Promise<string[]> {
  const { connection, people, residents, grants, issuer } = identity;
  const named = wanted.map(({ subject, nationalId, resident, municipalityId }) => ({
    identifiers: [
      ...(subject === undefined ? [] : [{ kind: 'subject', issuer, subject } as const]),
      ...(nationalId === undefined ? [] : [{ kind: 'national-id', value: nationalId } as const]),
    ],
    home: resident ? municipalityId : null,
  }));
  const ids = await people.ensureMany(named);
  await inTransaction(connection, async (session) => {
    for (const [municipalityId, rows] of residencesOf(wanted, ids)) {
      await residents.putMany(municipalityId, rows, false, session);
    }
    await grants.addMissing(grantsFor(identity, wanted, ids), session);
  });
  return ids;
}

function residencesOf(wanted: People, ids: readonly string[]) {
  const homes = wanted.flatMap(({ municipalityId, resident }, index) => {
    if (!resident) return [];
    const { birthDate, district, validFrom = '', reference = '' } = resident;
    return [{ municipalityId, row: { personId: ids[index]!, birthDate, district, validFrom, reference } }];
  });
  const byMunicipality = Map.groupBy(homes, (one) => one.municipalityId);
  return [...byMunicipality].map(([id, some]) => [id, some.map((one) => one.row)] as const);
}

function grantsFor({ now }: Identity, wanted: People, ids: readonly string[]) {
  return wanted.flatMap(({ municipalityId, roles }, index) =>
    roles
      .filter((role) => role !== 'resident')
      .map((role) => {
        const grantId = idFrom(randomUUID(), 'gra');
        return { grantId, municipalityId, personId: ids[index]!, role, at: now(), by: null };
      }),
  );
}
