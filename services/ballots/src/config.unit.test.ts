import { newSigningKey } from '@talkoot/ballot-protocol';
import { expect, it } from 'vitest';
import { ballotsConfig } from './config.ts';

const publicKey = Buffer.from(newSigningKey().publicKey).toString('hex');
const witness = { name: 'witness', organisation: 'Auditor', publicKey, url: 'http://127.0.0.1:4100' };
const url = 'http://127.0.0.1:4000';
const environment = {
  PORT: '0',
  MONGODB_URL: 'mongodb://127.0.0.1/ballots',
  KAFKA_BROKERS: '127.0.0.1:9092',
  TEMPORAL_ADDRESS: '127.0.0.1:7233',
  IDENTITY_URL: url,
  AUDITOR_URL: url,
  BALLOTS_URL: url,
  PROJECTS_URL: url,
  PAYMENTS_URL: url,
  SERVICE_KEY_FILE: 'key',
  SERVICE_KEYS_DIR: 'keys',
  BOARD_KEY: Buffer.alloc(32, 7).toString('base64'),
  BOARD_ORIGIN: 'talkoot.local',
  WITNESSES: JSON.stringify([witness]),
};

it('reads the key of the boards and who witnesses them', () => {
  expect(ballotsConfig(environment)).toMatchObject({
    BOARD_KEY: Buffer.alloc(32, 7),
    BOARD_ORIGIN: 'talkoot.local',
    WITNESSES: [{ ...witness, publicKey: Buffer.from(publicKey, 'hex') }],
  });
});

it.each<[string, Record<string, string>]>([
  ['a key of another length', { BOARD_KEY: Buffer.alloc(31).toString('base64') }],
  ['no key', { BOARD_KEY: '' }],
  ['an origin with a space', { BOARD_ORIGIN: 'talkoot local' }],
  ['no witness', { WITNESSES: '[]' }],
  ['witnesses that are no JSON', { WITNESSES: 'witness' }],
  [
    'a witness whose key is none',
    { WITNESSES: JSON.stringify([{ ...witness, publicKey: '00'.repeat(32) }]) },
  ],
  ['a witness without an address', { WITNESSES: JSON.stringify([{ ...witness, url: 'witness' }]) }],
])('refuses %s without showing it', (_, part) => {
  const refused = () => ballotsConfig({ ...environment, ...part });
  expect(refused).toThrow(/config-invalid/);
  expect(refused).not.toThrow(/AAAA/);
});
