import pMap from 'p-map';
import { beforeAll, expect, it } from 'vitest';
import { owners } from '../databases.ts';
import { fingerprint } from '../rest.ts';
import { existingIds, placesInThings } from '../existing-ids.ts';
import { routes } from '../running-system.ts';
import type { NamedRoute, RunningSystem } from '../running-system.ts';
import { answerTo, callersOf, elsewhere, here, tokensOf } from './actors.ts';
import type { Caller } from './actors.ts';
import { badTokensFor } from './bad-tokens.ts';
import { knock, shellRefusals } from './knock.ts';
import type { Answer } from './knock.ts';

interface Visit {
  readonly route: NamedRoute;
  readonly caller: Caller;
  readonly municipalityId: string;
  readonly expected: 'open' | 401 | 403;
}

const concurrency = 16;
const titleOf = ({ service, name }: NamedRoute) => `${service}.${name}`;
const firstPlaces = Object.fromEntries(
  Object.entries(placesInThings).map(([name, [first]]) => [name, first!]),
);

/** The declared access of every route against what the running services do: a new route is in by itself. */
export function accessRules(system: () => RunningSystem): void {
  let visits: Visit[];
  beforeAll(async () => {
    visits = visitsOf(await callersOf(system().stack));
  });

  const visit = async ({ route, caller, municipalityId, expected }: Visit) => {
    const token = await caller.token(route.service);
    const authorization = token === null ? null : `Bearer ${token}`;
    const answer = await knock(system().stack, route, { municipalityId }, authorization);
    const said = `${answer.status} ${answer.code}`;
    const right = isAsExpected(expected, answer);
    return right
      ? []
      : [`${titleOf(route)} by ${caller.name} at ${municipalityId}: ${said}, not ${expected}`];
  };

  it('refuses everybody who is not named, with a code, and nothing changes', async () => {
    const refused = visits.filter(({ expected }) => expected !== 'open');
    expect(refused.length).toBeGreaterThan(2_000);
    const before = await fingerprint(system().stack);
    expect((await pMap(refused, visit, { concurrency })).flat()).toEqual([]);
    expect(await fingerprint(system().stack)).toEqual(before);
  });

  it('refuses every token that only looks valid, with a code, and nothing changes', async () => {
    const { stack } = system();
    const closed = routes.filter(({ spec }) => !('anyone' in spec.access));
    const before = await fingerprint(stack);
    const tokens = Object.fromEntries(
      await pMap(owners, async (owner) => [owner, await badTokensFor(stack, owner)] as const),
    );
    const wrong = await pMap(
      closed,
      async (route) => {
        const answers = await Promise.all(
          tokens[route.service]!.map(async (bad) => ({
            bad,
            answer: await knock(stack, route, { municipalityId: here }, bad.header),
          })),
        );
        return answers
          .filter(({ bad, answer }) => answer.status !== 401 || answer.code !== bad.code)
          .map(({ bad, answer }) => `${titleOf(route)} with ${bad.name}: ${answer.status} ${answer.code}`);
      },
      { concurrency: 4 },
    );
    expect(wrong.flat()).toEqual([]);
    expect(await fingerprint(stack)).toEqual(before);
  });

  it('lets in everybody who is named', async () => {
    const allowed = visits.filter(({ expected }) => expected === 'open');
    expect(allowed.length).toBeGreaterThan(300);
    expect((await pMap(allowed, visit, { concurrency })).flat()).toEqual([]);
  });

  it('shows and does nothing of another municipality, even to who may do everything in their own', async () => {
    const { stack } = system();
    const callers = (await callersOf(stack)).filter(({ municipalityId }) => municipalityId === elsewhere);
    const token = await callers[0]!.token('projects');
    const ids = await idsOf(system());
    const crossing = routes.filter(
      ({ spec }) => spec.path.startsWith('/v1/m/') && spec.path.split('{').length > 2,
    );
    expect(crossing.length).toBeGreaterThan(80);
    const before = await fingerprint(stack);
    const wrong = await pMap(
      crossing,
      async (route) => {
        const ask = (params: Readonly<Record<string, string>>) =>
          knock(stack, route, { ...params, municipalityId: elsewhere }, `Bearer ${token}`);
        const [ofTheirs, ofNobody] = [await ask(ids), await ask({ ...firstPlaces, kind: ids['kind']! })];
        const same = nameless(ofTheirs, ids) === nameless(ofNobody, ids);
        return same ? [] : [`${titleOf(route)}: ${ofTheirs.status} ${JSON.stringify(ofTheirs.body)}`];
      },
      { concurrency },
    );
    expect(wrong.flat()).toEqual([]);
    expect(await fingerprint(stack)).toEqual(before);
  });

  it('has something to show here of what it hides there', async () => {
    const { stack } = system();
    const [token] = await tokensOf(stack, [{ name: 'auditor', held: ['auditor'], municipalityId: here }]);
    const params = { ...(await idsOf(system())), municipalityId: here };
    const open = routes.filter(
      ({ spec }) => spec.method === 'GET' && 'anyone' in spec.access && spec.path.startsWith('/v1/m/'),
    );
    const seen = await pMap(open, (route) => knock(stack, route, params, `Bearer ${token}`), { concurrency });
    const empty = open.filter((_, at) => seen[at]!.status !== 200).map(titleOf);
    expect(empty.length).toBeLessThan(open.length / 3);
  });
}

function visitsOf(callers: readonly Caller[]): Visit[] {
  return routes.flatMap((route) => {
    const { access } = route.spec;
    // What is open to anyone is open to all alike: one of each kind is enough.
    const asking = 'anyone' in access ? [callers[0]!, callers[1]!, callers.at(-1)!] : callers;
    return asking.map((caller) => {
      const expected = answerTo(access, caller, here);
      return { route, caller, municipalityId: here, expected };
    });
  });
}

function isAsExpected(expected: Visit['expected'], { status, code }: Answer): boolean {
  if (expected === 'open') return status < 500 && !shellRefusals.includes(code ?? '');
  return status === expected && code === (expected === 401 ? 'unauthenticated' : 'forbidden');
}

/** An answer without the id that was asked for and without its trace: the same for what is hidden and for what is nowhere. */
function nameless({ status, body }: Answer, ids: Readonly<Record<string, string>>): string {
  const known = new Set(['none-1', ...Object.values(ids)]);
  return JSON.stringify([status, body], (name, value: unknown) => {
    if (name === 'instance') return undefined;
    return typeof value === 'string' && known.has(value) ? 'id' : value;
  });
}

/** For each path parameter an id that exists here; of a funded project where there is a choice. */
async function idsOf({ stack, play }: RunningSystem): Promise<Record<string, string>> {
  const all = Object.entries(await existingIds(stack, play)).map(([name, [first]]) => [name, first!]);
  const projectId = play.projects.get('bicycle-racks')!.projectId;
  const { personId } = play.official('civil-servant-1');
  return { ...Object.fromEntries(all), projectId, personId, kind: 'project', lifecycleId: projectId };
}
