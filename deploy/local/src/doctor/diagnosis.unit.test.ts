import { expect, test } from 'vitest';
import { diagnose, isIll, type Findings } from './diagnosis.ts';

const tool = (version: string) => ({ path: '/usr/bin/tool', version });
const complete: Findings = {
  platform: 'linux-x64',
  node: '24.21.0',
  java: tool('17.0.15'),
  maven: tool('3.8.7'),
  python: tool('3.11.7'),
  pip: tool('23.2.1'),
  servers: {},
  misnamed: [],
};

function stateOf(name: string, findings: Findings): string | undefined {
  return diagnose(findings).find((finding) => finding.name === name)?.state;
}

test('a machine with Node, Java, Maven and pip needs nothing else', () => {
  const diagnosis = diagnose(complete);
  expect(isIll(diagnosis)).toBe(false);
  expect(diagnosis.filter(({ state }) => state === 'downloadable')).toHaveLength(4);
});

test('Java older than 17 counts as missing', () => {
  expect(stateOf('java', { ...complete, java: tool('11.0.2') })).toBe('missing');
});

test('Java that calls itself 1.8 is older than 17', () => {
  expect(stateOf('java', { ...complete, java: tool('1.8.0') })).toBe('missing');
});

test('Maven is not needed once Kafka is there', () => {
  const { maven: _, ...without } = complete;
  const kafka = { ...tool('4.1.0'), source: 'cache' };
  expect(stateOf('maven', without)).toBe('missing');
  expect(stateOf('maven', { ...without, servers: { kafka } })).toBe('not needed');
});

test('without a package for the platform and without a vendor archive a server is missing, with advice', () => {
  const findings = { ...complete, platform: 'darwin-arm64' };
  expect(stateOf('mongod', findings)).toBe('downloadable');
  const finding = diagnose(findings).find(({ name }) => name === 'temporal-test-server');
  expect(finding).toMatchObject({
    state: 'missing',
    advice: expect.stringContaining('TALKOOT_TEMPORAL_TEST_SERVER'),
  });
});

test('a variable that names a wrong file is a fault, though the server could be downloaded', () => {
  expect(stateOf('mongod', { ...complete, misnamed: ['mongod'] })).toBe('missing');
});
