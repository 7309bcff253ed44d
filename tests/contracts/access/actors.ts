import { createClient, roles, serviceNames } from '@talkoot/api-contracts';
import type { Access, Role, ServiceName } from '@talkoot/api-contracts';
import { localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { createServiceToken } from '@talkoot/http-service';
import type { StackHandle } from '@talkoot/local-stack';
import { join } from 'node:path';
import type { Owner } from '../databases.ts';

/** Where the pilot was played, and another municipality of the same deployment. */
export const here = 'lintula';
export const elsewhere = 'muualla';

/** Somebody or something that calls, and what it is. */
export interface Caller {
  readonly name: string;
  readonly kind: 'anonymous' | 'person' | 'service';
  readonly roles: readonly Role[];
  /** Where it holds the roles. */
  readonly municipalityId: string;
  readonly service: ServiceName | null;
  /** The token with which it calls a service. */
  token(audience: Owner): Promise<string | null>;
}

/** Nobody; a person for each role here; one with every role in the other municipality; one without any; each service. */
export async function callersOf(stack: StackHandle): Promise<Caller[]> {
  const people = [
    ...roles.map((role) => ({ name: role, held: [role], municipalityId: here })),
    { name: 'every role elsewhere', held: [...roles], municipalityId: elsewhere },
    { name: 'no role', held: [], municipalityId: here },
  ];
  const tokens = await tokensOf(stack, people);
  const ofAuditor = await tokensOf(stack, people, 'auditor');
  const persons = people.map(({ name, held, municipalityId }, at): Caller => {
    const token = async (audience: Owner) => (audience === 'auditor' ? ofAuditor : tokens)[at]!;
    return { name, kind: 'person', roles: held, municipalityId, service: null, token };
  });
  const services = serviceNames.map((service): Caller => {
    const token = (audience: Owner) => serviceToken(stack, service, audience);
    return { name: `service ${service}`, kind: 'service', roles: [], municipalityId: '', service, token };
  });
  const nobody: Caller = {
    name: 'nobody',
    kind: 'anonymous',
    roles: [],
    municipalityId: '',
    service: null,
    token: async () => null,
  };
  return [nobody, ...persons, ...services];
}

interface Wanted {
  readonly name: string;
  readonly held: readonly Role[];
  readonly municipalityId: string;
}

/** Session tokens of people who hold these roles at an issuer, by the grant that only a local stack has. */
export async function tokensOf(
  stack: StackHandle,
  wanted: readonly Wanted[],
  issuer: 'identity' | 'auditor' = 'identity',
): Promise<string[]> {
  const identity = createClient(localIdentityApi, { baseUrl: stack.urls[issuer] });
  const name = issuer === 'auditor' ? 'AUDITOR_LOCAL_GRANT_SECRET' : 'LOCAL_GRANT_SECRET';
  const secret = stack.environment[name]!;
  const people = wanted.map(({ name: label, held, municipalityId }) => ({
    subject: `contract ${label}`,
    municipalityId,
    roles: held.filter((role) => role !== 'resident'),
    ...(held.includes('resident') ? { resident: { birthDate: '1990-01-01', district: 'Centre' } } : {}),
  }));
  const municipalities = [here, elsewhere].map((municipalityId) => ({
    municipalityId,
    name: municipalityId,
  }));
  const { personIds } = await identity.createLocalPeople({ body: { secret, municipalities, people } });
  return (await identity.grantLocalTokens({ body: { secret, personIds } })).tokens;
}

const signers = new Map<string, () => Promise<string>>();

/** A token as the process itself makes it, with its own key. */
export function serviceToken(stack: StackHandle, name: ServiceName, audience: string): Promise<string> {
  const place = `${stack.data} ${name} ${audience}`;
  const keyFile = join(stack.data, 'secrets', 'private', `${name}.jwk.json`);
  const signer = signers.get(place) ?? createServiceToken({ keyFile, name, audience });
  signers.set(place, signer);
  return signer();
}

/** What a route's declared access means for a caller who names this municipality in the address. */
export function answerTo(access: Access, caller: Caller, municipalityId: string): 'open' | 401 | 403 {
  if ('anyone' in access) return 'open';
  if (caller.kind === 'anonymous') return 401;
  if ('signedIn' in access) return caller.kind === 'person' ? 'open' : 403;
  if ('services' in access) return caller.service && access.services.includes(caller.service) ? 'open' : 403;
  const holds =
    caller.municipalityId === municipalityId && caller.roles.some((one) => access.roles.includes(one));
  return holds ? 'open' : 403;
}
