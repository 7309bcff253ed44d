import {
  cosignNote,
  encodeNote,
  newSigningKey,
  parseArchive,
  signCheckpoint,
} from '@talkoot/ballot-protocol';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { logStore } from './index.ts';
import { leaves, logFixture } from './log.fixture.ts';
import type { LogFixture } from './log.fixture.ts';

let fixture: LogFixture;
beforeAll(async () => void (fixture = await logFixture(inject('mongodbUrl'))));
afterAll(() => fixture.stop());

/** Every question is asked of the witnesses. */
const afresh = { rememberMs: 0 };
const threeWitnesses = () => Promise.all(['first', 'second', 'third'].map((name) => fixture.witness(name)));

test('a log is current when it has what its witnesses cosigned, and while it has more', async () => {
  const { log, open } = await fixture.begin();
  await open(afresh).requireCurrent();
  await fixture.append(log, 0, leaves(0, 5));
  await open(afresh).requireCurrent();
  await log.checkpoint();
  await open(afresh).requireCurrent();
  await fixture.append(log, 5, leaves(5, 9));
  await open(afresh).requireCurrent();
});

test('a log that was set back is behind: it signs nothing, and grown again it is forked', async () => {
  const { log, open } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 5));
  await log.checkpoint();
  const { restore } = await fixture.backup();
  await fixture.append(log, 5, leaves(5, 8));
  await log.checkpoint();

  await restore();
  await expect(open(afresh).requireCurrent()).rejects.toMatchObject({ code: 'behind' });
  // Of five leaves there is a checkpoint; a sixth would need a new one.
  await fixture.append(log, 5, leaves(5, 6, 'other'));
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'behind' });
  for (const to of [8, 9]) {
    const { size } = await log.head();
    await fixture.append(log, size, leaves(size, to, 'other'));
    await expect(open(afresh).requireCurrent()).rejects.toMatchObject({ code: 'forked' });
    await expect(log.checkpoint()).rejects.toMatchObject({ code: 'forked' });
  }
  expect(parseArchive(await log.archive()).map(({ size }) => size)).toEqual([5]);
});

test('a log that lost everything is behind', async () => {
  const { log, open } = await fixture.begin();
  const { restore } = await fixture.backup();
  await fixture.append(log, 0, leaves(0, 2));
  await log.checkpoint();
  await restore();
  await expect(open(afresh).requireCurrent()).rejects.toMatchObject({ code: 'behind' });
});

test('a log whose archive has another tree of its size is forked, whatever witnesses say', async () => {
  const { log, origin, identity, open } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 2));
  const other = signCheckpoint({ origin, size: 2, root: leaves(7, 8)[0]! }, identity.secretKey);
  await fixture.store.archive(origin, 2, new TextDecoder().decode(encodeNote(other.note)));
  await expect(open().checkpoint()).rejects.toMatchObject({ code: 'forked' });
});

test('a log that another process carries on while witnesses are asked is not behind', async () => {
  const witness = await fixture.witness('impostor');
  const busy = await fixture.impostor(
    async (request, response) => {
      const body = request.method === 'POST' ? Buffer.concat(await request.toArray()) : null;
      if (body === null) {
        await fixture.append(log, 2, leaves(2, 4));
        await log.checkpoint();
      }
      const answer = await fetch(witness.url + request.url, { method: request.method!, body });
      response.writeHead(answer.status).end(await answer.text());
    },
    { ...newSigningKey(), publicKey: Uint8Array.from(witness.publicKey) },
  );
  const { log, open } = await fixture.begin([busy]);
  await fixture.append(log, 0, leaves(0, 2));
  await log.checkpoint();
  await open(afresh).requireCurrent();
  expect((await log.standing())!.size).toBe(4);
});

test('the witness who was asked for the last checkpoint is enough to notice', async () => {
  const witnesses = await threeWitnesses();
  const { log, open } = await fixture.begin(witnesses);
  await fixture.append(log, 0, leaves(0, 2));
  await log.checkpoint();
  const { restore } = await fixture.backup();
  witnesses[0]!.setSilent(true);
  await fixture.append(log, 2, leaves(2, 4));
  await log.checkpoint();
  await restore();
  witnesses[0]!.setSilent(false);
  witnesses[1]!.setSilent(true);
  await expect(open(afresh).requireCurrent()).rejects.toMatchObject({
    code: 'behind',
    message: expect.stringContaining('third') as string,
  });
});

test('more than half of the witnesses suffice, and the silent ones are named', async () => {
  const witnesses = await threeWitnesses();
  const faults: string[] = [];
  const { log, open } = await fixture.begin(witnesses);
  witnesses[1]!.setSilent(true);
  await fixture.append(log, 0, leaves(0, 4));
  const watched = open({ ...afresh, onFault: (witness) => void faults.push(witness) });
  const checkpoint = await watched.checkpoint();
  expect(checkpoint.note.signatures.map(({ name }) => name).slice(1)).toEqual(['first', 'third']);
  await watched.requireCurrent();
  expect(faults).toEqual(['second', 'second']);
});

test('half of the witnesses or fewer are too few: nothing is archived until they are back', async () => {
  const witnesses = await threeWitnesses();
  const { log, open } = await fixture.begin(witnesses);
  await fixture.append(log, 0, leaves(0, 4));
  const silence = (silent: boolean) => witnesses.slice(1).forEach((one) => one.setSilent(silent));
  silence(true);
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'witnesses-silent' });
  await expect(open(afresh).requireCurrent()).rejects.toMatchObject({ code: 'witnesses-silent' });
  expect(await log.standing()).toBeNull();
  silence(false);
  await open(afresh).requireCurrent();
  expect((await log.checkpoint()).size).toBe(4);
});

test('a good answer is remembered for a minute, and for every use of the log', async () => {
  const witness = await fixture.witness();
  const clock = { at: 1_000_000 };
  const { open } = await fixture.begin([witness]);
  const now = () => clock.at;
  await open({ now }).requireCurrent();
  witness.setSilent(true);
  clock.at += 59_999;
  await open({ now }).requireCurrent();
  clock.at += 1;
  await expect(open({ now }).requireCurrent()).rejects.toMatchObject({ code: 'witnesses-silent' });
});

test('what becomes final is asked afresh, whatever is remembered', async () => {
  const { log } = await fixture.begin();
  await fixture.append(log, 0, leaves(0, 2));
  await log.checkpoint();
  const { restore } = await fixture.backup();
  await fixture.append(log, 2, leaves(2, 4));
  await log.checkpoint();
  await log.requireCurrent();
  await restore();
  await log.requireCurrent();
  await expect(log.requireCurrent('afresh')).rejects.toMatchObject({ code: 'behind' });
  await expect(log.requireCurrent()).rejects.toMatchObject({ code: 'behind' });
});

test('a bad answer is not remembered, and neither is a good one once a checkpoint failed', async () => {
  const witness = await fixture.witness();
  const { log } = await fixture.begin([witness]);
  witness.setSilent(true);
  await expect(log.requireCurrent()).rejects.toMatchObject({ code: 'witnesses-silent' });
  witness.setSilent(false);
  await log.requireCurrent();
  await fixture.append(log, 0, leaves(0, 1));
  witness.setSilent(true);
  await log.requireCurrent();
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'witnesses-silent' });
  await expect(log.requireCurrent()).rejects.toMatchObject({ code: 'witnesses-silent' });
});

test('what one database remembers says nothing of another', async () => {
  const witness = await fixture.witness();
  const { open } = await fixture.begin([witness]);
  await open().requireCurrent();
  witness.setSilent(true);
  const elsewhere = open({}, logStore(fixture.connection));
  await expect(elsewhere.requireCurrent()).rejects.toMatchObject({ code: 'witnesses-silent' });
});

test('two witnesses of which one is silent are too few', async () => {
  const witnesses = await Promise.all([fixture.witness('first'), fixture.witness('second')]);
  const { log } = await fixture.begin(witnesses);
  witnesses[0].setSilent(true);
  await fixture.append(log, 0, leaves(0, 1));
  await expect(log.checkpoint()).rejects.toMatchObject({ code: 'witnesses-silent' });
});

type Head = Record<string, unknown>;
interface Keys {
  readonly log: Uint8Array;
  readonly witness: Uint8Array;
}

/** What is made of a witness's tree head as told, of a log with two leaves under a checkpoint. */
async function shown(tell: (real: Head, keys: Keys) => unknown) {
  const key = newSigningKey();
  const witness = await fixture.witness('impostor', key.secretKey);
  const liar = await fixture.impostor(async (request, response) => {
    if (request.method === 'POST') {
      const body = Buffer.concat(await request.toArray());
      const answer = await fetch(witness.url + request.url, { method: 'POST', body });
      return void response.writeHead(answer.status).end(await answer.text());
    }
    const real = (await (await fetch(witness.url + request.url)).json()) as Head;
    response.writeHead(200, { 'content-type': 'application/json' });
    const keys = { log: begun.identity.secretKey, witness: key.secretKey };
    response.end(JSON.stringify(tell(real, keys)));
  }, key);
  const begun = await fixture.begin([liar]);
  await fixture.append(begun.log, 0, leaves(0, 2));
  await begun.log.checkpoint();
  return begun.open(afresh).requireCurrent();
}

const otherRoot = '1'.repeat(64);

/** A head of nine leaves, signed with these keys, or by nobody. */
function largerTree(real: Head, log: Uint8Array, witness: Uint8Array | null) {
  const root = leaves(8, 9)[0]!;
  const { note } = signCheckpoint({ origin: real['origin'] as string, size: 9, root }, log);
  const lines = witness ? [cosignNote(note.text, 'impostor', witness, 1)] : [];
  const whole = { ...note, signatures: [...note.signatures, ...lines] };
  const text = new TextDecoder().decode(encodeNote(whole));
  return { ...real, size: 9, root: Buffer.from(root).toString('hex'), note: text };
}
const stranger = newSigningKey().secretKey;

test('a tree head counts that log and witness signed', async () => {
  await shown((real) => real);
  const larger = shown((real, { log, witness }) => largerTree(real, log, witness));
  await expect(larger).rejects.toMatchObject({ code: 'behind' });
});

test.each<[string, (real: Head, keys: Keys) => unknown]>([
  ['another root than its note', (real) => ({ ...real, root: otherRoot })],
  ['another size than its note', (real) => ({ ...real, size: 3 })],
  ['no note', (real) => ({ ...real, note: null })],
  ['a note that is none', (real) => ({ ...real, note: 'x' })],
  ['no size', ({ size: _, ...real }) => real],
  ['a larger tree that the log did not sign', (real, { witness }) => largerTree(real, stranger, witness)],
  ['a larger tree that the witness did not sign', (real, { log }) => largerTree(real, log, null)],
  ['a larger tree with a stranger’s cosignature', (real, { log }) => largerTree(real, log, stranger)],
])('a tree head with %s counts as no answer', async (_, tell) => {
  await expect(shown(tell)).rejects.toMatchObject({ code: 'witnesses-silent' });
});
