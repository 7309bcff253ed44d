import { createClient } from '@talkoot/api-contracts';
import type { Role, ServiceName } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Session } from '@talkoot/api-contracts/identity';
import { localAuditorApi, localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { createServiceToken } from '@talkoot/http-service';
import { personNumber, startStack } from '@talkoot/local-stack';
import type { StackHandle, StackOptions } from '@talkoot/local-stack';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export type Issuer = 'identity' | 'auditor';
export const issuers = ['identity', 'auditor'] as const satisfies readonly Issuer[];

/** Everything that takes part in a vote: two issuers, each with an identity provider of its own, the board, a witness. */
export interface SealedSystem {
  readonly stack: StackHandle;
  readonly data: string;
  readonly identity: (token?: string) => ReturnType<typeof issuerClient>;
  readonly auditor: (token?: string) => ReturnType<typeof issuerClient>;
  readonly ballots: ReturnType<typeof ballotsClient>;
  /** As the worker calls. */
  readonly worker: {
    readonly identity: ReturnType<typeof issuerClient>;
    readonly auditor: ReturnType<typeof issuerClient>;
    readonly ballots: ReturnType<typeof ballotsClient>;
  };
  /** What only the operator of a service has. */
  readonly secrets: () => Promise<OperatorSecrets>;
  readonly stop: () => Promise<void>;
}

export interface OperatorSecrets {
  readonly boardKey: string;
  readonly custodyKey: string;
  readonly logKey: string;
  readonly auditor: { readonly custodyKey: string; readonly logKey: string };
}

/** @param environment variables of single services */
export async function startSealedSystem(
  environment: NonNullable<StackOptions['environment']> = {},
): Promise<SealedSystem> {
  const data = await mkdtemp(join(tmpdir(), 'talkoot-sealed-'));
  const stack = await startStack({
    data,
    processes: ['identity', 'auditor', 'witness', 'ballots'],
    environment,
  });
  const { urls } = stack;
  const keyFile = join(data, 'secrets', 'private', 'worker.jwk.json');
  const tokenFor = (audience: ServiceName) => createServiceToken({ keyFile, name: 'worker', audience });
  return {
    stack,
    data,
    identity: (token) => issuerClient('identity', urls.identity, token),
    auditor: (token) => issuerClient('auditor', urls.auditor, token),
    ballots: ballotsClient(urls.ballots),
    worker: {
      identity: createClient(localIdentityApi, { baseUrl: urls.identity, token: tokenFor('identity') }),
      auditor: createClient(localAuditorApi, { baseUrl: urls.auditor, token: tokenFor('auditor') }),
      ballots: createClient(ballotsApi, { baseUrl: urls.ballots, token: tokenFor('ballots') }),
    },
    secrets: async () =>
      JSON.parse(await readFile(join(data, 'secrets', 'secrets.json'), 'utf8')) as OperatorSecrets,
    async stop() {
      await stack.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

function issuerClient(issuer: Issuer, baseUrl: string, token?: string) {
  const api = issuer === 'auditor' ? localAuditorApi : localIdentityApi;
  return createClient(api, { baseUrl, ...(token ? { token: async () => token } : {}) });
}

const ballotsClient = (baseUrl: string) => createClient(ballotsApi, { baseUrl });

/** Makes residents of Lintula known to both issuers, under ids of their own. */
export async function withResidents(
  system: SealedSystem,
  names: readonly string[],
): Promise<Record<Issuer, string[]>> {
  const municipalities = [{ municipalityId: 'lintula', name: 'Lintula' }];
  const people = names.map((name, index) => ({
    nationalId: personNumber(name),
    municipalityId: 'lintula',
    resident: { birthDate: '1990-01-01', district: 'Centre', reference: `ref-${index}` },
  }));
  const ids = { identity: [] as string[], auditor: [] as string[] };
  for (const issuer of issuers) {
    const secret = grantSecretOf(system, issuer);
    const made = await system[issuer]().createLocalPeople({ body: { secret, municipalities, people } });
    ids[issuer] = made.personIds;
  }
  return ids;
}

/** Makes officials of Lintula known to one issuer, each with roles of their own. */
export async function withPeople(
  system: SealedSystem,
  issuer: Issuer,
  roles: readonly (readonly Role[])[],
): Promise<string[]> {
  const people = roles.map((some) => ({
    nationalId: personNumber(`${issuer}-${some.join('-')}`),
    municipalityId: 'lintula',
    roles: [...some],
  }));
  const secret = grantSecretOf(system, issuer);
  return (await system[issuer]().createLocalPeople({ body: { secret, municipalities: [], people } }))
    .personIds;
}

/** A session of each of these people, without signing in. */
export async function sessionsOf(
  system: SealedSystem,
  issuer: Issuer,
  personIds: readonly string[],
): Promise<string[]> {
  const secret = grantSecretOf(system, issuer);
  return (await system[issuer]().grantLocalTokens({ body: { secret, personIds: [...personIds] } })).tokens;
}

const grantSecretOf = ({ stack }: SealedSystem, issuer: Issuer) =>
  stack.environment[issuer === 'auditor' ? 'AUDITOR_LOCAL_GRANT_SECRET' : 'LOCAL_GRANT_SECRET']!;

/** Signs in as a browser does: redirects, the form of the identity provider, cookies. */
export async function signInAt(system: SealedSystem, issuer: Issuer, username: string): Promise<Session> {
  const cookies = new Map<string, string>();
  const open = async (address: string, form?: URLSearchParams): Promise<Response> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form ? { method: 'POST', body: form } : {};
    const response = await fetch(address, { redirect: 'manual', headers: { cookie }, ...body });
    for (const one of response.headers.getSetCookie()) {
      const [name = '', value = ''] = one.split(';', 1)[0]!.split(/=(.*)/s);
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    return location ? open(new URL(location, address).href) : response;
  };
  const { address, provider, password } = placesOf(system, issuer);
  const page = await open(`${address}/v1/sign-in`);
  const action = /action="([^"]+)"/.exec(await page.text())![1]!;
  const answer = await open(new URL(action, provider).href, new URLSearchParams({ username, password }));
  if (answer.status !== 200) throw new Error(`${username} could not sign in: ${answer.status}`);
  return (await answer.json()) as Session;
}

function placesOf({ stack: { urls, environment } }: SealedSystem, issuer: Issuer) {
  return issuer === 'auditor'
    ? {
        address: urls.auditor,
        provider: urls.auditorIdentityProvider,
        password: environment['AUDITOR_DEV_PASSWORD']!,
      }
    : { address: urls.identity, provider: urls.identityProvider, password: environment['DEV_PASSWORD']! };
}
