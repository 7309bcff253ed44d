import { newSigningKey } from '@talkoot/ballot-protocol';
import { expect, test } from 'vitest';
import { relayedBoard, witnessConfig } from './config.ts';

const publicKey = Buffer.from(newSigningKey().publicKey).toString('hex');
const logs = [{ prefix: 'talkoot.test/', suffix: '', publicKey }];
const environment = {
  PORT: '0',
  MONGODB_URL: 'mongodb://127.0.0.1:1/witness',
  WITNESS_NAME: 'witness.test',
  WITNESS_KEY: Buffer.alloc(32, 7).toString('base64'),
  WITNESSED_LOGS: JSON.stringify(logs),
};

test('reads keys as bytes, and watches ten thousand logs of each entry unless told otherwise', () => {
  const config = witnessConfig(environment);
  expect(config.WITNESS_KEY).toEqual(new Uint8Array(32).fill(7));
  expect(Buffer.from(config.WITNESSED_LOGS[0]!.publicKey).toString('hex')).toBe(publicKey);
  expect(config.WITNESSED_LOGS_LIMIT).toBe(10_000);
});

test('takes ballots only for a board whose address it is told', () => {
  expect(relayedBoard(witnessConfig(environment))).toBeNull();
  const told = { ...environment, BALLOTS_URL: 'https://ballots.test', RELAY_LONGEST_REST: '2' };
  expect(relayedBoard(witnessConfig(told))).toMatchObject({
    url: 'https://ballots.test',
    rests: { longest: 2_000 },
  });
});

test.each([
  ['a board that is no address', { BALLOTS_URL: 'ballots' }],
  ['a rest of no time', { RELAY_LONGEST_REST: '0' }],
  ['a key of another length', { WITNESS_KEY: Buffer.alloc(31).toString('base64') }],
  ['a name that no signature line can have', { WITNESS_NAME: 'a witness' }],
  ['logs that are no JSON', { WITNESSED_LOGS: '[' }],
  ['no logs', { WITNESSED_LOGS: '[]' }],
  ['a log without a beginning', { WITNESSED_LOGS: JSON.stringify([{ ...logs[0], prefix: '' }]) }],
  ['one beginning and end twice', { WITNESSED_LOGS: JSON.stringify([...logs, ...logs]) }],
  ['a key that is no point', { WITNESSED_LOGS: JSON.stringify([{ ...logs[0], publicKey: 'f'.repeat(64) }]) }],
  ['a key of small order', { WITNESSED_LOGS: JSON.stringify([{ ...logs[0], publicKey: '0'.repeat(64) }]) }],
  ['no room for any log', { WITNESSED_LOGS_LIMIT: '0' }],
])('refuses %s', (_, wrong) => {
  expect(() => witnessConfig({ ...environment, ...wrong })).toThrow(
    expect.objectContaining({ code: 'config-invalid' }),
  );
});
