import { personNumber } from '@talkoot/local-stack';
import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { renewing, servicesFor } from '../actor.ts';
import type { Actor } from '../actor.ts';
import { officials } from '../play.ts';
import type { OfficialKey, Play } from '../play.ts';
import type { Report } from '../progress.ts';
import { signIn } from '../sign-in.ts';

/** Residents are added and given tokens in lots of this size. */
const LOT = 1_000;
const district = 'Centre';

interface Setting {
  readonly plan: Play['plan'];
  readonly stack: Play['stack'];
}

/** Officials get their roles and sign in, each as themself, through the identity provider. */
export async function officialsSignIn(play: Setting, report: Report): Promise<Map<OfficialKey, Actor>> {
  const entries = Object.entries(officials) as [OfficialKey, (typeof officials)[OfficialKey]][];
  const people = entries.map(([key, roles]) => ({
    subject: usernameOf(play, key),
    nationalId: personNumber(usernameOf(play, key)),
    municipalityId: play.plan.municipality.id,
    roles: [...roles],
  }));
  await servicesFor(play.stack.urls).identity.createLocalPeople({
    body: { secret: secretOf(play), municipalities: [municipalityIn(play)], people },
  });
  const signedIn = new Map<OfficialKey, Actor>();
  for (const [key] of entries) {
    signedIn.set(key, await actorBySignIn(play, key));
    report.count(signedIn.size, entries.length);
  }
  return signedIn;
}

/** The registrar imports the residents register as a file. */
export async function registerIsImported(play: Setting, registrar: Actor): Promise<void> {
  const lines = play.plan.ballots.map(
    (_, index) => `${personNumber(residentName(play, index))},${birthDate(index)},${district}`,
  );
  for (let from = 0; from < lines.length; from += 5 * LOT) {
    await registrar.identity.importResidents({
      params: { municipalityId: play.plan.municipality.id },
      query: { complete: 'false' },
      body: ['national_id,birth_date,district', ...lines.slice(from, from + 5 * LOT)].join('\n'),
      idempotencyKey: createHash('sha256')
        .update(lines.slice(from, from + 5 * LOT).join())
        .digest('hex'),
    });
  }
}

/** Residents sign in: through the identity provider, or for an imported election by the local stack's bulk grant. */
export async function residentsSignIn(play: Setting, report: Report): Promise<Actor[]> {
  const names = play.plan.ballots.map((_, index) => residentName(play, index));
  if (play.plan.residentsSignIn) {
    let done = 0;
    const sign = async (name: string) => {
      const actor = await actorBySignIn(play, name, name);
      report.count((done += 1), names.length);
      return actor;
    };
    return pMap(names, sign, { concurrency: 4 });
  }
  const actors: Actor[] = [];
  for (let from = 0; from < names.length; from += LOT) {
    actors.push(...(await lotOfResidents(play, names.slice(from, from + LOT), from)));
    report.count(actors.length, names.length);
  }
  return actors;
}

async function lotOfResidents(play: Setting, names: readonly string[], from: number): Promise<Actor[]> {
  const { identity } = servicesFor(play.stack.urls);
  const secret = secretOf(play);
  const people = names.map((name, at) => ({
    nationalId: personNumber(name),
    municipalityId: play.plan.municipality.id,
    resident: { birthDate: birthDate(from + at), district },
  }));
  const { personIds } = await identity.createLocalPeople({ body: { secret, people } });
  const tokens = renewing(() => identity.grantLocalTokens({ body: { secret, personIds } }));
  return personIds.map((personId, at) => {
    const token = async () => (await tokens()).tokens[at]!;
    return { key: names[at]!, personId, ...servicesFor(play.stack.urls, token) };
  });
}

async function actorBySignIn(play: Setting, key: string, username = usernameOf(play, key)): Promise<Actor> {
  const open = () => signIn(play.stack.urls.identity, username, play.stack.environment['DEV_PASSWORD']!);
  const session = renewing(open);
  const { personId } = await session();
  return { key, personId, ...servicesFor(play.stack.urls, async () => (await session()).token) };
}

const usernameOf = (play: Setting, key: string) => `${key}.${play.plan.municipality.id}`;
const residentName = (play: Setting, index: number) => usernameOf(play, `resident-${index + 1}`);
const secretOf = (play: Setting) => play.stack.environment['LOCAL_GRANT_SECRET']!;
const birthDate = (index: number) => `19${50 + (index % 50)}-0${1 + (index % 9)}-1${index % 10}`;
const municipalityIn = (play: Setting) => ({
  municipalityId: play.plan.municipality.id,
  name: play.plan.municipality.name,
  timeZone: play.plan.charter.timeZone,
});
