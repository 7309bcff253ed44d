import { createClient } from '@talkoot/api-contracts';
import type { Grants, Role } from '@talkoot/api-contracts';
import type { IssuerName } from '@talkoot/api-contracts/identity';
import { localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { testApp, testTokens } from '@talkoot/http-service/testing';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentityApp } from './app.ts';
import { keyCustody } from './certificate/issuer.key.ts';
import { identityOf } from './identity.ts';
import type { HashKey } from './person/identifier.ts';
import { tokenSigner } from './session/session.token.ts';
import { readSigningKey } from './session/token.key.ts';
import type { Claims, ProviderClient } from './sign-in/provider.client.ts';
import { signInStore } from './sign-in/sign-in.store.ts';

export const SECRET = 'the-secret-of-a-local-stack';
const k1 = { id: 'k1', key: Buffer.alloc(32, 1).toString('base64') };

/** An identity provider that signs in whoever the code names: `subject|person number`. */
const provider: ProviderClient = {
  async begin() {
    const attempt = { state: randomUUID(), nonce: 'nonce', verifier: 'verifier' };
    return { attempt, address: `http://provider.test/?state=${attempt.state}` };
  },
  async complete(_attempt, answer) {
    const [subject = '', personNumber] = (answer['code'] ?? '').split('|');
    return { subject, personNumber: personNumber || null } satisfies Claims;
  },
};

/** The service on a database of its own, with a clock that tests set. */
export async function identityFixture(
  mongodbUrl: string,
  hashKeys: readonly HashKey[] = [k1],
  name: IssuerName = 'municipality',
) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/identity_${randomUUID().slice(0, 8)}$1`);
  const connection = await connectMongo(url, { appName: 'identity-test' });
  const clock = { at: new Date('2026-06-15T10:00:00Z') };
  const now = () => clock.at;
  const tokens = await testTokens();
  const issuerService = name === 'auditor' ? 'auditor' : 'identity';
  const key = await testSigningKey();
  const issuer = 'http://provider.test';
  const signer = await tokenSigner(key, 'http://identity.test', () => new Date());
  const custody = keyCustody(randomBytes(32));
  const identity = identityOf({ connection, issuer, hashKeys, signer, name, custody, now });
  const signIn = {
    provider,
    attempts: signInStore(connection, now),
    returnOrigins: ['http://site.test'],
    publicUrl: 'http://identity.test',
  };
  await prepareModels(connection);
  const shell = {
    auth: tokens.auth,
    log: createLog('identity', process.env['TEST_LOG'] ?? 'silent'),
    publicUrl: 'http://identity.test',
  };
  const app = await testApp(
    createIdentityApp({ identity, signIn, ...shell, localSecret: SECRET }),
    localIdentityApi,
  );
  const person = async (id: string, grants: Grants) => app.client(await tokens.personToken({ id, grants }));
  return {
    connection,
    identity,
    clock,
    url: app.url,
    anyone: app.client(),
    as: (id: string, municipalityId: string, ...roles: Role[]) => person(id, { [municipalityId]: roles }),
    service: async (service: 'worker' | 'projects' | 'ballots') =>
      app.client(await tokens.serviceToken(service, issuerService)),
    withToken: (token: string) =>
      createClient(localIdentityApi, { baseUrl: app.url, token: async () => token }),
    async stop() {
      await app.close();
      await connection.dropDatabase();
      await connection.close();
    },
  };
}
export type IdentityFixture = Awaited<ReturnType<typeof identityFixture>>;

async function testSigningKey() {
  const folder = await mkdtemp(join(tmpdir(), 'identity-key-'));
  const file = join(folder, 'key.jwk.json');
  const { privateKey } = generateKeyPairSync('ed25519');
  await writeFile(file, JSON.stringify({ ...privateKey.export({ format: 'jwk' }), kid: 'test-key' }));
  try {
    return await readSigningKey(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A municipality with people who are eighteen and live in it. Returns their ids. */
export async function withResidents(fixture: IdentityFixture, municipalityId: string, count: number) {
  const people = Array.from({ length: count }, (_, index) => ({
    nationalId: `N-${municipalityId}-${index}`,
    municipalityId,
    resident: {
      birthDate: '1990-01-01',
      district: index % 2 === 0 ? 'North' : 'South',
      reference: `ref-${municipalityId}-${index}`,
    },
  }));
  const municipalities = [{ municipalityId, name: municipalityId }];
  const { personIds } = await fixture.anyone.createLocalPeople({
    body: { secret: SECRET, municipalities, people },
  });
  return personIds;
}
