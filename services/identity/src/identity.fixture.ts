import { createClient } from '@talkoot/api-contracts';
import type { Grants, Role } from '@talkoot/api-contracts';
import type { IssuerName } from '@talkoot/api-contracts/identity';
import { localIdentityApi } from '@talkoot/api-contracts/identity/local';
import { newSigningKey } from '@talkoot/ballot-protocol';
import { connectMongo, createLog, prepareModels } from '@talkoot/http-service';
import { testApp, testTokens } from '@talkoot/http-service/testing';
import type { TestTokens } from '@talkoot/http-service/testing';
import { startTestWitness } from '@talkoot/witnessed-log/testing';
import type { TestWitness } from '@talkoot/witnessed-log/testing';
import type { WitnessedLogOptions } from '@talkoot/witnessed-log';
import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIdentityApp } from './app.ts';
import type { KnownWitness } from './certificate/issuance.ts';
import { keyCustody } from './certificate/key.custody.ts';
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

/** The service on a database of its own, with a clock that tests set and a witness for its logs. */
export async function identityFixture(
  mongodbUrl: string,
  hashKeys: readonly HashKey[] = [k1],
  name: IssuerName = 'municipality',
) {
  const url = mongodbUrl.replace(/\/?(\?|$)/, `/identity_${randomUUID().slice(0, 8)}$1`);
  const clock = { at: new Date('2026-06-15T10:00:00Z') };
  const logKey = newSigningKey();
  const witness = await startTestWitness({ keyOf: () => logKey.publicKey });
  const setting = {
    url,
    clock,
    hashKeys,
    name,
    tokens: await testTokens(),
    key: await testSigningKey(),
    custodyKey: randomBytes(32),
    logKey: logKey.secretKey,
    witness,
  };
  const first = await startIssuer(setting);
  const others: Awaited<ReturnType<typeof startIssuer>>[] = [];
  return {
    ...first,
    clock,
    witness,
    /** Another process of this issuer, on the same database. */
    async another(logOptions: WitnessedLogOptions = {}) {
      const other = await startIssuer({ ...setting, logOptions });
      others.push(other);
      return other;
    },
    async stop() {
      await Promise.all(others.map((one) => one.stop()));
      await first.connection.dropDatabase();
      await first.stop();
      await witness.close();
    },
  };
}
export type IdentityFixture = Awaited<ReturnType<typeof identityFixture>>;

interface IssuerSetting {
  readonly url: string;
  readonly clock: { readonly at: Date };
  readonly hashKeys: readonly HashKey[];
  readonly name: IssuerName;
  readonly tokens: TestTokens;
  readonly key: Awaited<ReturnType<typeof testSigningKey>>;
  readonly custodyKey: Uint8Array;
  readonly logKey: Uint8Array;
  readonly witness: TestWitness;
  readonly logOptions?: WitnessedLogOptions;
}

async function startIssuer({ url, clock, name, tokens, witness, ...setting }: IssuerSetting) {
  const connection = await connectMongo(url, { appName: 'identity-test' });
  const now = () => clock.at;
  const identity = identityOf({
    connection,
    issuer: 'http://provider.test',
    hashKeys: setting.hashKeys,
    signer: await tokenSigner(setting.key, 'http://identity.test', () => new Date()),
    name,
    // An issuer's manifest names a witness of the auditor's organisation.
    organisation: name === 'auditor' ? witness.organisation : 'Lintula',
    custody: keyCustody(setting.custodyKey),
    logKey: setting.logKey,
    witnesses: JSON.parse(witness.config) as KnownWitness[],
    logOptions: setting.logOptions ?? {},
    now,
  });
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
  const issuerService = name === 'auditor' ? 'auditor' : 'identity';
  const person = async (id: string, grants: Grants) => app.client(await tokens.personToken({ id, grants }));
  return {
    connection,
    identity,
    url: app.url,
    anyone: app.client(),
    as: (id: string, municipalityId: string, ...roles: Role[]) => person(id, { [municipalityId]: roles }),
    service: async (service: 'worker' | 'projects' | 'ballots') =>
      app.client(await tokens.serviceToken(service, issuerService)),
    withToken: (token: string) =>
      createClient(localIdentityApi, { baseUrl: app.url, token: async () => token }),
    async stop() {
      await app.close();
      await identity.issuanceLogs.settled();
      await connection.close();
    },
  };
}

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
