import {
  addCosignatures,
  cosignedAt,
  emptyRoot,
  newSigningKey,
  noteText,
  parseCheckpoint,
  parseSignatures,
  signatureLine,
  signCheckpoint,
  signNote,
} from '@talkoot/ballot-protocol';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { issuanceEnd, PlayedLog, witnessFixture } from '../witness.fixture.ts';
import type { WitnessFixture } from '../witness.fixture.ts';

let fixture: WitnessFixture;
beforeAll(async () => void (fixture = await witnessFixture(inject('mongodbUrl'))));
afterAll(() => fixture.stop());

const board = (size = 20, kind?: string, origin = fixture.newOrigin()) =>
  new PlayedLog(origin, fixture.boardKey.secretKey, size, kind);
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A log of which ten leaves are cosigned. */
async function knownBoard() {
  const log = board();
  await fixture.cosign(await log.request(0, 10));
  return log;
}

test('cosigns what continues what it cosigned, and shows the largest tree with both signatures', async () => {
  const log = board();
  const before = Math.floor(Date.now() / 1000);
  for (const [old, size] of [
    [0, 3],
    [3, 3],
    [3, 20],
  ] as const) {
    const answer = await fixture.cosign(await log.request(old, size));
    const lines = parseSignatures(answer);
    expect(lines).toHaveLength(1);
    const { note } = addCosignatures(log.checkpoint(size), lines, { witnesses: [fixture.key] });
    expect(cosignedAt(note, fixture.key)).toBeGreaterThanOrEqual(before);
    expect(await fixture.headOf(log.origin)).toEqual({
      origin: log.origin,
      size,
      root: hex(log.head(size).root),
      note: noteText(note),
    });
  }
});

test('of a log that it watches and never cosigned it shows the empty tree', async () => {
  const origin = fixture.newOrigin();
  expect(await fixture.headOf(origin)).toEqual({ origin, size: 0, root: hex(emptyRoot()), note: null });
});

test('a log may have its empty tree cosigned, which promises nothing', async () => {
  const log = board();
  await fixture.cosign(await log.request(0, 0));
  expect(await fixture.headOf(log.origin)).toMatchObject({ size: 0, note: null });
  await fixture.cosign(await log.request(0, 5));
  expect(await fixture.headOf(log.origin)).toMatchObject({ size: 5 });
});

test.each<[string, number, string | undefined, (log: PlayedLog) => Promise<string>]>([
  ['rollback', 409, '10', (log) => log.request(4, 9)],
  ['fork', 409, '10', (log) => forkOf(log).request(10, 10)],
  ['fork', 409, '10', (log) => forkOf(log).request(0, 10)],
  ['old-size-stale', 409, '10', (log) => log.request(0, 12)],
  ['old-size-stale', 409, '10', (log) => log.request(11, 12)],
  ['old-size-stale', 409, '10', (log) => forkOf(log).request(2, 12)],
  ['old-size-beyond', 400, undefined, (log) => log.request(13, 12)],
  ['proof-invalid', 422, undefined, (log) => forkOf(log).request(10, 12)],
  ['proof-invalid', 422, undefined, (log) => log.request(10, 12, [])],
  ['proof-invalid', 422, undefined, async (log) => log.request(10, 12, await log.proof(8, 12))],
  ['proof-invalid', 422, undefined, async (log) => log.request(10, 10, await log.proof(8, 10))],
])('refuses as %s (%i), telling the size as %s, and remembers what it knew', async (...given) => {
  const [code, status, detail, request] = given;
  const log = await knownBoard();
  const before = await fixture.headOf(log.origin);
  const refused = await fixture.cosign(await request(log)).catch((error: unknown) => error);
  expect(refused).toMatchObject({ code, status });
  expect((refused as { problem: { detail?: string } }).problem.detail).toBe(detail);
  expect(await fixture.headOf(log.origin)).toEqual(before);
});

test.each<[string, string, (log: PlayedLog) => string | Promise<string>]>([
  [
    'another key',
    'log-unsigned',
    ({ origin }) => new PlayedLog(origin, newSigningKey().secretKey, 4).request(0, 4),
  ],
  ['nobody that it knows', 'log-unsigned', (log) => strangely(log)],
  ['a signature of another text', 'log-unsigned', (log) => twisted(log)],
  [
    'the board’s key, while its origin is an issuance log’s',
    'log-unsigned',
    ({ origin }) => new PlayedLog(origin + issuanceEnd, fixture.boardKey.secretKey, 4).request(0, 4),
  ],
  [
    'the issuance log’s key, while its origin is the board’s',
    'log-unsigned',
    ({ origin }) => new PlayedLog(origin, fixture.issuanceKey.secretKey, 4).request(0, 4),
  ],
  [
    'the board’s key, under an origin that it does not watch',
    'unknown-log',
    () => new PlayedLog('other.test/pol-1', fixture.boardKey.secretKey, 4).request(0, 4),
  ],
])('does not cosign what is signed by %s: %s', async (_, code, request) => {
  const log = board(4);
  await expect(fixture.cosign(await request(log))).rejects.toMatchObject({ code });
  expect(await fixture.headOf(log.origin)).toMatchObject({ size: 0 });
});

test('each log has its own key and memory', async () => {
  const log = await knownBoard();
  const issuance = new PlayedLog(log.origin + issuanceEnd, fixture.issuanceKey.secretKey, 4);
  await fixture.cosign(await issuance.request(0, 4));
  expect(await fixture.headOf(issuance.origin)).toMatchObject({ size: 4 });
  expect(await fixture.headOf(log.origin)).toMatchObject({ size: 10 });
});

test('does not watch logs of other origins', async () => {
  await expect(fixture.headOf('other.test/pol-1')).rejects.toMatchObject({
    code: 'unknown-log',
    status: 404,
  });
});

test.each(['', 'a b', 'a+b', 'ä', 'x'.repeat(201)])('an origin is visible ASCII: not %j', async (origin) => {
  await expect(fixture.headOf(origin)).rejects.toMatchObject({ code: 'invalid-request' });
});

test.each<[string, (request: string) => string]>([
  ['no old size', (request) => request.replace(/^old \d+\n/, '')],
  ['an old size with a leading zero', (request) => request.replace(/^old /, 'old 0')],
  ['an old size below none', (request) => request.replace(/^old /, 'old -')],
  ['a hash that is none', (request) => request.replace('\n\n', '\nAAAA\n\n')],
  ['too many hashes', (request) => request.replace('\n\n', `${`\n${'A'.repeat(43)}=`.repeat(64)}\n\n`)],
  ['no empty line', (request) => request.replaceAll('\n\n', '\n')],
  ['no checkpoint', (request) => request.slice(0, request.indexOf('\n\n') + 2)],
  ['an extension line', (request) => request.replace(/\n\n(?=—)/, '\nmore\n\n')],
  ['two lines of one key', (request) => request + request.slice(request.indexOf('— '))],
  ['a carriage return', (request) => request.replace('\n', '\r\n')],
  ['something else', () => 'hello'],
])('a request with %s is malformed', async (_, spoil) => {
  const log = board();
  const body = spoil(await log.request(0, 3));
  await expect(fixture.cosign(body)).rejects.toMatchObject({ code: 'request-malformed', status: 400 });
});

test('what is no text, no request, or too long is refused before it is read', async () => {
  const send = async (body: string | Uint8Array<ArrayBuffer>, type = 'text/plain') => {
    const answer = await fetch(`${fixture.url}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    return [answer.status, ((await answer.json()) as { code: string }).code];
  };
  expect(await send('')).toEqual([400, 'invalid-request']);
  expect(await send('old 0\n', 'application/json')).toEqual([415, 'unsupported-media-type']);
  expect(await send(Uint8Array.of(0xff, 0xfe))).toEqual([400, 'malformed-body']);
  expect(await send('x'.repeat(64 * 1024 + 1))).toEqual([413, 'body-too-large']);
});

test('a signature that it did not verify is not kept', async () => {
  const log = board();
  const { note, ...checkpoint } = log.checkpoint(3);
  const stranger = signNote(note.text, 'stranger', newSigningKey().secretKey);
  const whole = { ...checkpoint, note: { ...note, signatures: [stranger, ...note.signatures] } };
  await fixture.cosign(`old 0\n\n${noteText(whole.note)}`);
  const { note: shown } = await fixture.headOf(log.origin);
  const names = parseCheckpoint(Buffer.from(shown!)).note.signatures.map(({ name }) => name);
  expect(names).toEqual([log.origin, fixture.key.name]);
});

test('a token that somebody sends is not looked at', async () => {
  const answer = await fetch(`${fixture.url}/v1/tree-head?origin=${fixture.newOrigin()}`, {
    headers: { authorization: 'Bearer nonsense' },
  });
  expect(answer.status).toBe(200);
});

function forkOf({ origin }: PlayedLog): PlayedLog {
  return board(20, 'other', origin);
}

function strangely(log: PlayedLog): string {
  const { note } = signCheckpoint({ origin: log.origin, ...log.head(4) }, newSigningKey().secretKey);
  return `old 0\n\n${note.text}\n${signatureLine(signNote(note.text, 'stranger', newSigningKey().secretKey))}`;
}

function twisted(log: PlayedLog): string {
  const { note } = log.checkpoint(4);
  const line = signNote(log.checkpoint(3).note.text, log.origin, fixture.boardKey.secretKey);
  return `old 0\n\n${note.text}\n${signatureLine(line)}`;
}
