import { randomUUID } from 'node:crypto';
import pMap from 'p-map';
import { beforeAll, expect, it } from 'vitest';
import { answerTo, callersOf, here } from './access/actors.ts';
import type { Caller } from './access/actors.ts';
import { pathOf } from './access/knock.ts';
import { routes } from './running-system.ts';
import type { NamedRoute, RunningSystem } from './running-system.ts';
import { fingerprint } from './rest.ts';

interface Sent {
  readonly body?: string;
  readonly headers: Readonly<Record<string, string>>;
}
type Spoil = (route: NamedRoute) => Sent | null;

const json = 'application/json';
const withKeys = () => ({ 'idempotency-key': randomUUID(), 'if-match': '"v1"' });
const spoiltBody =
  (
    bodyOf: (route: NamedRoute) => string | null,
    typeOf = ({ spec }: NamedRoute) => spec.bodyType as string,
  ): Spoil =>
  (route) => {
    const body = route.spec.body ? bodyOf(route) : null;
    return body === null ? null : { body, headers: { ...withKeys(), 'content-type': typeOf(route) } };
  };
const ifJson =
  (body: string) =>
  ({ spec }: NamedRoute) =>
    spec.bodyType === json ? body : null;
const bare = ({ spec }: NamedRoute) => !spec.body;
const keyed = ({ spec }: NamedRoute) => spec.kind === 'create' || spec.kind === 'move';

/** What can be wrong with a request whatever it asks for, and how that is answered. */
const faults: readonly (readonly [fault: string, answer: string, spoil: Spoil])[] = [
  [
    'is larger than the route takes',
    '413 body-too-large',
    spoiltBody(({ spec }) => 'x'.repeat(spec.bodyLimit + 1)),
  ],
  [
    'is of another type',
    '415 unsupported-media-type',
    spoiltBody(
      () => '{}',
      () => 'image/png',
    ),
  ],
  ['is half a JSON document', '400 malformed-body', spoiltBody(ifJson('{"a":'))],
  ['is nested without end', '400 malformed-body', spoiltBody(ifJson(`${'['.repeat(200)}${']'.repeat(200)}`))],
  ['holds a NUL character', '400 malformed-body', spoiltBody(ifJson('{"a":"\\u0000"}'))],
  ['has a field nobody knows', '400 invalid-request', spoiltBody(ifJson('{"nobodyKnowsThis":1}'))],
  [
    'comes without the key it needs',
    '400 idempotency-key-required',
    (route) => (bare(route) && keyed(route) ? { headers: {} } : null),
  ],
  [
    'comes with half a key',
    '400 invalid-request',
    (route) => (bare(route) && keyed(route) ? { headers: { 'idempotency-key': 'short' } } : null),
  ],
];

export function badInputRules(system: () => RunningSystem): void {
  let callers: Caller[];
  beforeAll(async () => {
    callers = await callersOf(system().stack);
  });

  it.each(faults)('a request that %s is refused with %s, and nothing changes', async (_, answer, spoil) => {
    const { stack } = system();
    const spoilt = routes.flatMap((route) => {
      const sent = spoil(route);
      return sent ? [{ route, sent }] : [];
    });
    expect(spoilt.length).toBeGreaterThan(15);
    const before = await fingerprint(stack);
    const wrong = await pMap(
      spoilt,
      async ({ route, sent: { body, headers } }) => {
        const { service, spec, name } = route;
        const caller = callers.find((one) => answerTo(spec.access, one, here) === 'open')!;
        const token = await caller.token(service);
        const response = await fetch(`${stack.urls[service]}${pathOf(spec.path, { municipalityId: here })}`, {
          method: spec.method,
          headers: { ...headers, ...(token ? { authorization: `Bearer ${token}` } : {}) },
          ...(body === undefined ? {} : { body }),
        });
        const { code } = (await response.json()) as { code?: string };
        return `${response.status} ${code}` === answer
          ? []
          : [`${service}.${name}: ${response.status} ${code}`];
      },
      { concurrency: 8 },
    );
    expect(wrong.flat()).toEqual([]);
    expect(await fingerprint(stack)).toEqual(before);
  });
}
