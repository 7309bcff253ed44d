import { cosignNote, newSigningKey, parseWitnessRequest, signatureLine } from '@talkoot/ballot-protocol';
import type { WitnessRequest } from '@talkoot/ballot-protocol';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { leaves, logFixture } from './log.fixture.ts';
import type { LogFixture } from './log.fixture.ts';

let fixture: LogFixture;
beforeAll(async () => void (fixture = await logFixture(inject('mongodbUrl'))));
afterAll(() => fixture.stop());

const key = newSigningKey();
type Answering = (request: WitnessRequest, response: ServerResponse, times: number) => void;

/** Has a log of five leaves cosigned by a witness that answers as told; the faults are what was made of it. */
async function cosignedBy(answer: Answering, deadlineMs = 5_000) {
  let times = 0;
  const witness = await fixture.impostor(async (request, response) => {
    if (request.method === 'GET') return void response.writeHead(500).end();
    answer(parseWitnessRequest(Buffer.concat(await request.toArray())), response, ++times);
  }, key);
  const { log, open } = await fixture.begin([witness]);
  await fixture.append(log, 0, leaves(0, 5));
  const faults: string[] = [];
  const onFault = (_: string, fault: unknown) => void faults.push(String(fault));
  const outcome = await open({ deadlineMs, onFault })
    .checkpoint()
    .then(
      ({ size }) => size,
      (error: { code: string }) => error.code,
    );
  return { outcome, fault: faults[0] ?? '', times };
}

const lineFor = ({ checkpoint }: WitnessRequest, signer = key, name = 'impostor') =>
  signatureLine(cosignNote(checkpoint.note.text, name, signer.secretKey, 1));

test('an honest line is taken, with lines of others around it', async () => {
  const stranger = (request: WitnessRequest) => lineFor(request, newSigningKey(), 'stranger');
  const answer: Answering = (request, response) => response.end(stranger(request) + lineFor(request));
  expect(await cosignedBy(answer)).toMatchObject({ outcome: 5, times: 1 });
});

test.each([
  ['a size as C2SP says it', { 'content-type': 'text/x.tlog.size' }, '2\n'],
  ['a size as this project says it', { 'content-type': 'application/problem+json' }, '{"detail":"2"}'],
])('a witness that wants another old size is given a proof from there: %s', async (_, head, body) => {
  const asked: [number, number][] = [];
  const answer: Answering = (request, response, times) => {
    asked.push([request.oldSize, request.proof.length]);
    if (times === 1) response.writeHead(409, head).end(body);
    else response.end(lineFor(request));
  };
  expect(await cosignedBy(answer)).toMatchObject({ outcome: 5, times: 2 });
  expect(asked).toEqual([
    [0, 0],
    [2, 2],
  ]);
});

test.each<[string, Answering, RegExp]>([
  [
    'a line of another key',
    (request, response) => response.end(lineFor(request, newSigningKey())),
    /no line/,
  ],
  ['a line of another name', (request, response) => response.end(lineFor(request, key, 'other')), /no line/],
  ['no lines', (_, response) => response.end(''), /newline/],
  ['a page', (_, response) => response.end('<html>\n'), /signature line/],
  [
    'a signature of something else',
    ({ checkpoint }, response) =>
      response.end(lineFor({ checkpoint: otherOf(checkpoint) } as WitnessRequest)),
    /does not hold/,
  ],
  ['a refusal', (_, response) => response.writeHead(403).end('{"code":"log-unsigned"}'), /403.*log-unsigned/],
  ['its own failure', (_, response) => response.writeHead(500).end(), /500/],
  ['a redirect', (_, response) => response.writeHead(302, { location: 'http://a.test/' }).end(), /302/],
  ['a conflict without a size', (_, response) => response.writeHead(409).end('{}'), /does not say/],
  ['a conflict that is no JSON', (_, response) => response.writeHead(409).end('x'), /JSON/],
  ['a size below none', (_, response) => refuseAt(response, '-1'), /does not say/],
  ['a size beyond the log', (_, response) => refuseAt(response, '6'), /another tree, of 6/],
  ['another tree of this size', (_, response) => refuseAt(response, '5'), /another tree, of 5/],
  ['the size it was just asked from', (_, response) => refuseAt(response, '0'), /another tree, of 0/],
  ['ever new sizes', (_, response, times) => refuseAt(response, String(times)), /yet another size/],
  ['an answer without end', (_, response) => endless(response), /262144/],
  ['a broken connection', (_, response) => void response.destroy(), /does not answer/],
])('a witness that answers %s has not cosigned', async (_, answer, fault) => {
  const seen = await cosignedBy(answer);
  expect(seen.outcome).toBe('witnesses-silent');
  expect(seen.fault).toMatch(fault);
  expect(seen.times).toBeLessThanOrEqual(3);
});

test('a witness that never answers, or never ends, is given up when the deadline has passed', async () => {
  for (const answer of [
    () => undefined,
    (_: unknown, response: ServerResponse) => void response.write('x'),
  ]) {
    const began = performance.now();
    expect(await cosignedBy(answer, 300)).toMatchObject({ outcome: 'witnesses-silent' });
    expect(performance.now() - began).toBeLessThan(3_000);
  }
});

test('the deadline is one for all that a witness is asked about a checkpoint', async () => {
  const answer: Answering = (_, response, times) =>
    void setTimeout(() => refuseAt(response, String(times)), 200);
  const { outcome, times } = await cosignedBy(answer, 300);
  expect(outcome).toBe('witnesses-silent');
  expect(times).toBe(2);
});

function otherOf(checkpoint: WitnessRequest['checkpoint']) {
  return { ...checkpoint, note: { ...checkpoint.note, text: 'other\n1\n\n' } };
}

function refuseAt(response: ServerResponse, size: string): void {
  response.writeHead(409, { 'content-type': 'application/problem+json' });
  response.end(JSON.stringify({ code: 'old-size-stale', detail: size }));
}

function endless(response: ServerResponse): void {
  const more = () => {
    while (!response.destroyed && response.write('x'.repeat(65_536)));
  };
  response.on('drain', more).on('error', () => undefined);
  more();
}
