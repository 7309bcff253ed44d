import { serviceNames } from '@talkoot/api-contracts';
import { issuanceOrigin, publicKeyOf } from '@talkoot/ballot-protocol';
import { expect, test } from 'vitest';
import { environmentOf, identityProviderEnvironment, type StackFacts } from './environment.ts';
import { portNames, type Ports } from './process-names.ts';
import { keyFiles } from './secrets.ts';

interface WitnessedLog {
  readonly prefix: string;
  readonly suffix: string;
  readonly publicKey: string;
}

const seed = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const publicKey = (seedText: string) =>
  Buffer.from(publicKeyOf(Buffer.from(seedText, 'base64'))).toString('hex');

const facts: StackFacts = {
  ports: Object.fromEntries(portNames.map((name, index) => [name, 20_000 + index])) as Ports,
  secrets: {
    oidcClientSecret: 'client-secret',
    devPassword: 'dev-password',
    localGrantSecret: 'grant-secret',
    nationalIdKeys: [{ id: 'k1', key: 'national-key' }],
    custodyKey: 'custody-key',
    boardKey: seed(1),
    witnessKey: seed(2),
    logKey: seed(3),
    auditor: {
      oidcClientSecret: 'client-of-auditor',
      devPassword: 'password-of-auditor',
      localGrantSecret: 'grant-of-auditor',
      nationalIdKeys: [{ id: 'k1', key: 'national-of-auditor' }],
      custodyKey: 'custody-of-auditor',
      logKey: seed(4),
    },
  },
  keys: keyFiles('/secrets'),
};

function whoKnows(secret: string): string[] {
  return serviceNames.filter((name) => JSON.stringify(environmentOf(name, facts)).includes(secret));
}

test('a secret is known only to those who use it', () => {
  expect(whoKnows('national-key')).toEqual(['identity']);
  expect(whoKnows('identity-token')).toEqual(['identity']);
  expect(whoKnows('client-secret')).toEqual(['identity']);
  expect(whoKnows('grant-secret')).toEqual(['identity', 'cli']);
  expect(whoKnows('dev-password')).toEqual(['cli']);
  expect(whoKnows('custody-key')).toEqual(['identity']);
  expect(whoKnows(facts.secrets.boardKey)).toEqual(['ballots']);
  expect(whoKnows(facts.secrets.witnessKey)).toEqual(['witness']);
  expect(whoKnows(facts.secrets.logKey)).toEqual(['identity']);
});

test('the witness knows which key signs which logs, and everybody who is witnessed knows the witness', () => {
  const logs = JSON.parse(environmentOf('witness', facts)['WITNESSED_LOGS']!) as WitnessedLog[];
  const keyOf = (origin: string) =>
    logs.find(({ prefix, suffix }) => suffix !== '' && origin.startsWith(prefix) && origin.endsWith(suffix))
      ?.publicKey ?? logs.find(({ suffix }) => suffix === '')?.publicKey;
  const board = `${environmentOf('ballots', facts)['BOARD_ORIGIN']}/lintula/pol-1`;
  expect(keyOf(board)).toBe(publicKey(seed(1)));
  expect(keyOf(issuanceOrigin(board, 'municipality'))).toBe(publicKey(seed(3)));
  expect(keyOf(issuanceOrigin(board, 'auditor'))).toBe(publicKey(seed(4)));
  const { WITNESS_NAME, PORT } = environmentOf('witness', facts);
  const organisation = environmentOf('auditor', facts)['ISSUER_ORGANISATION'];
  for (const witnessed of ['ballots', 'identity', 'auditor'] as const) {
    expect(JSON.parse(environmentOf(witnessed, facts)['WITNESSES']!)).toEqual([
      { name: WITNESS_NAME, organisation, publicKey: publicKey(seed(2)), url: `http://127.0.0.1:${PORT}` },
    ]);
  }
});

test('the witness, with the relay beside it, knows where the board is and nobody else, nor any token', () => {
  const environment = environmentOf('witness', facts);
  expect(environment['BALLOTS_URL']).toBe(`http://127.0.0.1:${facts.ports.ballots}`);
  expect(Object.keys(environment).sort()).toEqual([
    'BALLOTS_URL',
    'LOG_LEVEL',
    'MONGODB_URL',
    'OTEL_SERVICE_NAME',
    'PORT',
    'RELAY_LONGEST_REST',
    'WITNESSED_LOGS',
    'WITNESS_KEY',
    'WITNESS_NAME',
  ]);
});

test('the two issuers share no secret, no key, no identity provider, and trust only their own tokens', () => {
  expect(whoKnows('national-of-auditor')).toEqual(['auditor']);
  expect(whoKnows('auditor-token')).toEqual(['auditor']);
  expect(whoKnows('client-of-auditor')).toEqual(['auditor']);
  expect(whoKnows('custody-of-auditor')).toEqual(['auditor']);
  expect(whoKnows(facts.secrets.auditor.logKey)).toEqual(['auditor']);
  expect(whoKnows('grant-of-auditor')).toEqual(['auditor', 'cli']);
  expect(whoKnows('password-of-auditor')).toEqual(['cli']);
  const [ours, theirs] = [environmentOf('identity', facts), environmentOf('auditor', facts)];
  for (const name of [
    'IDENTITY_URL',
    'OIDC_ISSUER',
    'MONGODB_URL',
    'ISSUER_NAME',
    'ISSUER_ORGANISATION',
    'PORT',
  ]) {
    expect(ours[name]).not.toBe(theirs[name]);
  }
  expect(theirs['IDENTITY_URL']).toBe(theirs['AUDITOR_URL']);
  const providers = (['identity', 'auditor'] as const).map((one) => identityProviderEnvironment(one, facts));
  for (const name of [
    'PORT',
    'OIDC_ISSUER',
    'OIDC_CLIENT_SECRET',
    'DEV_PASSWORD',
    'PROVIDER_KEY_FILE',
    'IDENTITY_URL',
  ]) {
    expect(providers[0]![name]).not.toBe(providers[1]![name]);
  }
});

test('each process signs with a key of its own', () => {
  const files = serviceNames.flatMap((name) => environmentOf(name, facts)['SERVICE_KEY_FILE'] ?? []);
  // The witness and its relay sign in nowhere.
  expect(files).toHaveLength(serviceNames.length - 1);
  expect(new Set(files).size).toBe(files.length);
});

test('each service has a database of its own', () => {
  const urls = ['identity', 'auditor', 'witness', 'ballots', 'projects', 'payments'].map(
    (name) => environmentOf(name as 'identity', facts)['MONGODB_URL'],
  );
  expect(urls.map((url) => url?.match(/talkoot_\w+/)?.[0])).toEqual([
    'talkoot_identity',
    'talkoot_auditor',
    'talkoot_witness',
    'talkoot_ballots',
    'talkoot_projects',
    'talkoot_payments',
  ]);
});

test('the worker has no database and names a page that answers', () => {
  const { MONGODB_URL, WEB_URL } = environmentOf('worker', facts);
  expect(MONGODB_URL).toBeUndefined();
  expect(WEB_URL).toBe(`http://127.0.0.1:${facts.ports.projects}/v1`);
});
