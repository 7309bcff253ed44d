import type { Role } from '@talkoot/api-contracts';
import { personNumber } from '@talkoot/local-stack';
import { createHash } from 'node:crypto';
import pMap from 'p-map';
import { renewing, servicesFor } from '../actor.ts';
import type { Actor, Services } from '../actor.ts';
import { auditorOfficials, officials } from '../play.ts';
import type { OfficialKey, Play } from '../play.ts';
import type { Report } from '../progress.ts';
import { signIn } from '../sign-in.ts';

/** Residents are added and given tokens in lots of this size. */
const LOT = 1_000;
const district = 'Centre';

type BulkPeople = Parameters<Services['identity']['createLocalPeople']>[0]['body']['people'];

interface Setting {
  readonly plan: Play['plan'];
  readonly stack: Play['stack'];
}

/** Officials get their roles and sign in, each as themself, through the identity provider. */
export async function officialsSignIn(play: Setting, report: Report): Promise<Map<OfficialKey, Actor>> {
  const entries = Object.entries(officials) as [OfficialKey, (typeof officials)[OfficialKey]][];
  await servicesFor(play.stack.urls).identity.createLocalPeople({
    body: {
      secret: secretOf(play),
      municipalities: [municipalityIn(play)],
      people: peopleOf(play, officials),
    },
  });
  const signedIn = new Map<OfficialKey, Actor>();
  for (const [key] of entries) {
    signedIn.set(key, await actorBySignIn(play, key));
    report.count(signedIn.size, entries.length);
  }
  return signedIn;
}

function peopleOf(play: Setting, keys: Readonly<Record<string, readonly Role[]>>) {
  return Object.entries(keys).map(([key, roles]) => ({
    subject: usernameOf(play, key),
    nationalId: personNumber(usernameOf(play, key)),
    municipalityId: play.plan.municipality.id,
    roles: [...roles],
  }));
}

/** The registrar imports the residents register as a file; the auditor's registrar does so on the auditor's side. */
export async function registerIsImported(play: Setting, registrar: Actor): Promise<void> {
  const { auditor } = servicesFor(play.stack.urls);
  await auditor.createLocalPeople({
    body: {
      secret: auditorSecretOf(play),
      municipalities: [municipalityIn(play)],
      people: peopleOf(play, auditorOfficials),
    },
  });
  const theirs = auditorSession(play, usernameOf(play, 'auditor-registrar'));
  const ofAuditor = servicesFor(play.stack.urls, { auditor: theirs.token });
  const lines = play.plan.ballots.map(
    (_, index) =>
      `${personNumber(residentName(play, index))},${birthDate(index)},${district},${reference(play, index)}`,
  );
  for (let from = 0; from < lines.length; from += 5 * LOT) {
    const some = lines.slice(from, from + 5 * LOT);
    const part = {
      params: { municipalityId: play.plan.municipality.id },
      query: { complete: 'false' as const },
      body: ['national_id,birth_date,district,reference', ...some].join('\n'),
      idempotencyKey: createHash('sha256').update(some.join()).digest('hex'),
    };
    await Promise.all([registrar.identity.importResidents(part), ofAuditor.auditor.importResidents(part)]);
  }
}

/** The auditor's clerk at a desk, signed in to the auditor. */
export function auditorClerk(play: Setting): Services['auditor'] {
  const session = auditorSession(play, usernameOf(play, 'auditor-desk-clerk'));
  return servicesFor(play.stack.urls, { auditor: session.token }).auditor;
}

/** Residents sign in: through the identity providers, or for an imported election by the local stack's bulk grants. */
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
  const { identity, auditor } = servicesFor(play.stack.urls);
  const people = names.map((name, at) => ({
    nationalId: personNumber(name),
    municipalityId: play.plan.municipality.id,
    resident: { birthDate: birthDate(from + at), district, reference: reference(play, from + at) },
  }));
  const [ours, theirs] = await Promise.all([
    grantIn(identity, secretOf(play), people),
    grantIn(auditor, auditorSecretOf(play), people),
  ]);
  return ours.personIds.map((personId, at) => {
    const tokens = { session: ours.tokenOf(at), auditor: theirs.tokenOf(at) };
    return { key: names[at]!, personId, ...servicesFor(play.stack.urls, tokens) };
  });
}

/** Makes people known to one issuer and gives each a token of it. */
async function grantIn(issuer: Services['identity'], secret: string, people: BulkPeople) {
  const { personIds } = await issuer.createLocalPeople({ body: { secret, people } });
  const tokens = renewing(() => issuer.grantLocalTokens({ body: { secret, personIds } }));
  return { personIds, tokenOf: (at: number) => async () => (await tokens()).tokens[at]! };
}

/** Signs in to the municipality, and to the auditor when the auditor is first called. */
async function actorBySignIn(play: Setting, key: string, username = usernameOf(play, key)): Promise<Actor> {
  const open = () => signIn(play.stack.urls.identity, username, play.stack.environment['DEV_PASSWORD']!);
  const session = renewing(open);
  const { personId } = await session();
  const ours = async () => (await session()).token;
  const theirs = auditorSession(play, username);
  return { key, personId, ...servicesFor(play.stack.urls, { session: ours, auditor: theirs.token }) };
}

function auditorSession(play: Setting, username: string): { readonly token: () => Promise<string> } {
  const password = play.stack.environment['AUDITOR_DEV_PASSWORD']!;
  const session = renewing(() => signIn(play.stack.urls.auditor, username, password));
  return { token: async () => (await session()).token };
}

const usernameOf = (play: Setting, key: string) => `${key}.${play.plan.municipality.id}`;
const residentName = (play: Setting, index: number) => usernameOf(play, `resident-${index + 1}`);
const secretOf = (play: Setting) => play.stack.environment['LOCAL_GRANT_SECRET']!;
const auditorSecretOf = (play: Setting) => play.stack.environment['AUDITOR_LOCAL_GRANT_SECRET']!;
/** As the population register would: the same in both copies, and nothing that anybody could compute. */
const reference = (play: Setting, index: number) =>
  createHash('sha256')
    .update(`reference of ${residentName(play, index)}`)
    .digest('base64url')
    .slice(0, 16);
const birthDate = (index: number) => `19${50 + (index % 50)}-0${1 + (index % 9)}-1${index % 10}`;
const municipalityIn = (play: Setting) => ({
  municipalityId: play.plan.municipality.id,
  name: play.plan.municipality.name,
  timeZone: play.plan.charter.timeZone,
});
