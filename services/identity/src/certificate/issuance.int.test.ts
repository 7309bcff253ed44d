import {
  compareBytes,
  issuanceFirstLeaf,
  leafHash,
  lotCommitment,
  parseArchive,
  requireStanding,
  RootReplay,
} from '@talkoot/ballot-protocol';
import type { Manifest, SignedCheckpoint } from '@talkoot/ballot-protocol';
import { openLotSeeds } from '@talkoot/ballot-protocol/counting';
import { verifySignature as verify } from '@talkoot/ballot-protocol/node';
import { createECDH } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { identityFixture, withResidents } from '../identity.fixture.ts';
import type { IdentityFixture } from '../identity.fixture.ts';
import { blinded, frozenPoll, manifestOf, openPoll, textOf } from './poll.fixture.ts';

let fixture: IdentityFixture;
let people: string[];

beforeAll(async () => {
  fixture = await identityFixture(inject('mongodbUrl'));
  people = await withResidents(fixture, 'lintula', 120);
});
afterEach(() => fixture.witness.setSilent(false));
afterAll(() => fixture.stop());

/** A crowd shares the processors with whatever else runs. */
const deadlineMs = 60_000;
type Process = Pick<IdentityFixture, 'as'>;
const place = (pollId: string) => ({ municipalityId: 'lintula', pollId });
const originOf = (pollId: string) => `test.example/lintula/${pollId}/issuance/municipality`;
const leavesOf = (pollId: string) => fixture.witness.last(originOf(pollId))?.size ?? 0;

async function issue(pollId: string, index: number, process: Process = fixture) {
  const client = await process.as(people[index]!, 'lintula', 'resident');
  return client.issueCertificate({ params: place(pollId), body: { blinded: blinded() }, deadlineMs });
}
async function rollValueOf(pollId: string, index: number): Promise<string> {
  const client = await fixture.as(people[index]!, 'lintula', 'resident');
  return (await client.getCertificateState({ params: place(pollId) })).entry!.rollValue;
}
const close = async (pollId: string, process: Pick<IdentityFixture, 'service'> = fixture) =>
  (await process.service('worker')).closeIssuance({ params: { pollId }, deadlineMs });
const open = async (pollId: string, manifest: Manifest) =>
  (await fixture.service('worker')).openIssuance({
    params: { pollId },
    body: { manifest: textOf(manifest) },
  });
async function loggedIn(pollId: string): Promise<string[]> {
  const file = await fixture.anyone.getIssuanceFile({ params: place(pollId) });
  return Buffer.from(file).toString('hex').match(/.{64}/g) ?? [];
}
async function checkpointsOf(pollId: string): Promise<SignedCheckpoint[]> {
  const text = await fixture.anyone.getIssuanceCheckpoints({ params: place(pollId) });
  return parseArchive(Buffer.from(text));
}
/** Everything that the verifier asks of a log of issued certificates. */
async function expectWitnessedLog(pollId: string) {
  const { binding, logKey } = (await fixture.identity.rolls.find(pollId))!;
  const checkpoints = await checkpointsOf(pollId);
  const log = { name: originOf(pollId), publicKey: Buffer.from(logKey, 'hex') };
  const { name, publicKey } = fixture.witness;
  for (const one of checkpoints) requireStanding(one, { log, witnesses: [{ name, publicKey }], verify });
  const replay = new RootReplay(checkpoints);
  replay.append(leafHash(issuanceFirstLeaf(Buffer.from(binding!.m, 'hex'), 'municipality')));
  const values = (await loggedIn(pollId)).map((value) => Buffer.from(value, 'hex'));
  for (const value of values) replay.append(leafHash(value));
  expect(replay.finish()).toMatchObject({ size: values.length + 1, problems: [] });
  expect(checkpoints.at(-1)!.size).toBe(values.length + 1);
  const ends = checkpoints.map(({ size }) => size - 1);
  for (const [at, end] of ends.entries()) {
    const batch = values.slice(ends[at - 1] ?? 0, end);
    expect(batch).toEqual(batch.toSorted(compareBytes));
  }
  return { values: values.map((value) => value.toString('hex')), sizes: checkpoints.map(({ size }) => size) };
}

/** Sets the issuer's database back to a copy, as who restores a backup does. */
async function copyOfDatabase() {
  const collections = await fixture.connection.db!.collections();
  const copies = await Promise.all(
    collections.map(async (one) => ({ one, documents: await one.find().toArray() })),
  );
  return async function restore() {
    for (const { one, documents } of copies) {
      await one.deleteMany({});
      if (documents.length > 0) await one.insertMany(documents);
    }
  };
}

describe('issuing opens', () => {
  it('with a log whose first leaf is bound to the manifest, under a witnessed checkpoint, and again the same', async () => {
    const { manifest } = await openPoll(fixture, 'pol-open');
    expect(leavesOf('pol-open')).toBe(1);
    expect(await open('pol-open', manifest)).toEqual({ pollId: 'pol-open' });
    const archived = await checkpointsOf('pol-open');
    expect(archived.map(({ size, origin }) => [size, origin])).toEqual([[1, originOf('pol-open')]]);
    await close('pol-open');
    expect((await expectWitnessedLog('pol-open')).values).toEqual([]);
    expect(await open('pol-open', manifest)).toEqual({ pollId: 'pol-open' });
    await expect(issue('pol-open', 0)).rejects.toMatchObject({ code: 'certificates-closed' });
  });

  it('for one manifest for ever', async () => {
    const { manifest } = await openPoll(fixture, 'pol-first');
    const second = open('pol-first', { ...manifest, minima: { roll: 1, counted: 1 } });
    await expect(second).rejects.toMatchObject({ code: 'manifest-foreign', status: 409 });
    await issue('pol-first', 0);
  });

  it('once, though two manifests come at once', async () => {
    const roll = await frozenPoll(fixture, 'pol-two');
    const manifest = await manifestOf(fixture, roll);
    const sent = await Promise.allSettled(
      [1, 2, 3, 4].map((least) => open('pol-two', { ...manifest, minima: { roll: least, counted: 1 } })),
    );
    expect(sent.filter((one) => one.status === 'fulfilled')).toHaveLength(1);
    for (const one of sent) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'manifest-foreign' });
    }
    expect(await checkpointsOf('pol-two')).toHaveLength(1);
  });

  it('not for a manifest that says something else, or names a stranger as witness', async () => {
    const roll = await frozenPoll(fixture, 'pol-foreign');
    const manifest = await manifestOf(fixture, roll);
    const [own, other] = manifest.issuers;
    const foreign = open('pol-foreign', { ...manifest, issuers: [{ ...own, rollSize: 119 }, other] });
    await expect(foreign).rejects.toMatchObject({ code: 'manifest-foreign', status: 409 });
    const witnesses = [{ ...manifest.witnesses[0]!, publicKey: other.logKey }];
    const stranger = open('pol-foreign', {
      ...manifest,
      issuers: [own, { ...other, logKey: manifest.witnesses[0]!.publicKey }],
      witnesses,
    });
    await expect(stranger).rejects.toMatchObject({ code: 'witness-unknown', status: 409 });
    const worker = await fixture.service('worker');
    const text = worker.openIssuance({ params: { pollId: 'pol-foreign' }, body: { manifest: '{}' } });
    await expect(text).rejects.toMatchObject({ code: 'manifest-foreign' });
    const nowhere = worker.openIssuance({ params: { pollId: 'pol-nowhere' }, body: { manifest: '{}' } });
    await expect(nowhere).rejects.toMatchObject({ code: 'not-found' });
    await expect(issue('pol-foreign', 0)).rejects.toMatchObject({ code: 'certificates-not-open' });
  });

  it('not before a witness has cosigned, and goes on when one does', async () => {
    const roll = await frozenPoll(fixture, 'pol-silent');
    const manifest = await manifestOf(fixture, roll);
    fixture.witness.setSilent(true);
    const opening = open('pol-silent', manifest);
    await expect(opening).rejects.toMatchObject({ code: 'log-not-current', status: 503 });
    await expect(issue('pol-silent', 0)).rejects.toMatchObject({ code: 'certificates-not-open' });
    fixture.witness.setSilent(false);
    await open('pol-silent', manifest);
    await issue('pol-silent', 0);
  });

  it('not for a poll that was closed without a manifest', async () => {
    const roll = await frozenPoll(fixture, 'pol-unheld');
    const manifest = await manifestOf(fixture, roll);
    expect(await close('pol-unheld')).toEqual({ pollId: 'pol-unheld', issued: 0, desks: [] });
    await expect(open('pol-unheld', manifest)).rejects.toMatchObject({ code: 'certificates-closed' });
    const checkpoints = fixture.anyone.getIssuanceCheckpoints({ params: place('pol-unheld') });
    await expect(checkpoints).rejects.toMatchObject({ code: 'certificates-not-open' });
  });

  it('for the worker only', async () => {
    const others = [await fixture.service('ballots'), await fixture.as(people[0]!, 'lintula', 'operator')];
    for (const client of others) {
      const opening = client.openIssuance({ params: { pollId: 'pol-open' }, body: { manifest: '{}' } });
      await expect(opening).rejects.toMatchObject({ code: 'forbidden' });
    }
  });
});

describe('the log of issued certificates', () => {
  it('gets a sorted batch as soon as one waits, under a checkpoint, and nothing before', async () => {
    await openPoll(fixture, 'pol-batch', { batchSize: 4 });
    const values = await Promise.all([3, 1, 2, 0].map((index) => rollValueOf('pol-batch', index)));
    for (const index of [3, 1, 2]) await issue('pol-batch', index);
    await fixture.identity.issuanceLogs.settled();
    expect(leavesOf('pol-batch')).toBe(1);
    await issue('pol-batch', 0);
    await expect.poll(() => leavesOf('pol-batch'), { timeout: 10_000 }).toBe(5);
    await issue('pol-batch', 4);
    expect((await close('pol-batch')).issued).toBe(5);
    const log = await expectWitnessedLog('pol-batch');
    expect(log.values.slice(0, 4)).toEqual(values.toSorted());
    expect(log.sizes).toEqual([1, 5, 6]);
  });

  it('does not hold up the certificate after which no witness answers, and goes on when one does', async () => {
    await openPoll(fixture, 'pol-behind', { batchSize: 2 });
    await issue('pol-behind', 0);
    fixture.witness.setSilent(true);
    await issue('pol-behind', 1);
    await fixture.identity.issuanceLogs.settled();
    await expect(issue('pol-behind', 2)).rejects.toMatchObject({ code: 'log-not-current', status: 503 });
    expect(leavesOf('pol-behind')).toBe(1);
    fixture.witness.setSilent(false);
    await issue('pol-behind', 2);
    await expect.poll(() => leavesOf('pol-behind'), { timeout: 10_000 }).toBeGreaterThan(1);
    expect((await close('pol-behind')).issued).toBe(3);
    await expectWitnessedLog('pol-behind');
  });

  it('gets a checkpoint after each batch, though the process died that appended it', async () => {
    await openPoll(fixture, 'pol-between', { batchSize: 2 });
    const other = await fixture.another();
    await issue('pol-between', 0, other);
    await other.identity.issuanceLogs.settled();
    await issue('pol-between', 1);
    await fixture.identity.issuanceLogs.settled();
    await issue('pol-between', 2);
    await fixture.identity.issuanceLogs.settled();
    fixture.witness.setSilent(true);
    await issue('pol-between', 3);
    await fixture.identity.issuanceLogs.settled();
    expect(leavesOf('pol-between')).toBe(3);
    fixture.witness.setSilent(false);
    await issue('pol-between', 4, other);
    await issue('pol-between', 5, other);
    await expect.poll(() => leavesOf('pol-between'), { timeout: 10_000 }).toBe(7);
    await close('pol-between');
    expect((await expectWitnessedLog('pol-between')).sizes).toEqual([1, 3, 5, 7]);
  });

  it('has each entry once, though three processes issue and append at once, and a batch is never cut', async () => {
    await openPoll(fixture, 'pol-race', { batchSize: 3 });
    const processes = [fixture, await fixture.another(), await fixture.another()];
    const crowd = Array.from({ length: 60 }, (_, index) => index);
    const expected = await Promise.all(crowd.map((index) => rollValueOf('pol-race', index)));
    await Promise.all(crowd.map((index) => issue('pol-race', index, processes[index % 3])));
    expect((await close('pol-race', processes[1])).issued).toBe(60);
    const { values, sizes } = await expectWitnessedLog('pol-race');
    expect(values.toSorted()).toEqual(expected.toSorted());
    for (const [at, size] of sizes.slice(1, -1).entries())
      expect(size - sizes[at]!).toBeGreaterThanOrEqual(3);
  });

  it('leaves nothing in the database by which an entry in it is tied to a resident, once salts are gone', async () => {
    await openPoll(fixture, 'pol-gone', { batchSize: 2 });
    for (const index of [5, 4, 6]) await issue('pol-gone', index);
    await close('pol-gone');
    const rows = await fixture.connection.collection('issuances').find({ pollId: 'pol-gone' }).toArray();
    expect(rows).toHaveLength(3);
    for (const row of rows) expect(Object.keys(row).toSorted()).toEqual(['_id', 'blindedSha256', 'pollId']);
    const batches = await fixture.connection
      .collection('issuancebatches')
      .find({ pollId: 'pol-gone' })
      .toArray();
    for (const batch of batches) expect(Object.keys(batch).toSorted()).toEqual(['_id', 'pollId', 'values']);
    const parts = await fixture.connection.collection('rollparts').find({ pollId: 'pol-gone' }).toArray();
    expect(parts.some((part) => 'salts' in part)).toBe(false);
  });
});

describe('an issuer whose database was set back', () => {
  it('signs nothing, records nothing, appends nothing and does not close', async () => {
    await openPoll(fixture, 'pol-backup', { batchSize: 2 });
    await issue('pol-backup', 0);
    await issue('pol-backup', 1);
    await expect.poll(() => leavesOf('pol-backup'), { timeout: 10_000 }).toBe(3);
    await fixture.identity.issuanceLogs.settled();
    const restore = await copyOfDatabase();
    await issue('pol-backup', 2);
    await issue('pol-backup', 3);
    await expect.poll(() => leavesOf('pol-backup'), { timeout: 10_000 }).toBe(5);
    await fixture.identity.issuanceLogs.settled();
    await restore();
    const process = await fixture.another();
    for (const index of [0, 2, 4]) {
      const asking = issue('pol-backup', index, process);
      await expect(asking).rejects.toMatchObject({ code: 'log-not-current', status: 503 });
    }
    const rows = fixture.connection.collection('issuances');
    expect(await rows.countDocuments({ pollId: 'pol-backup' })).toBe(2);
    await expect(close('pol-backup', process)).rejects.toMatchObject({ code: 'log-not-current' });
    expect(leavesOf('pol-backup')).toBe(5);
  });

  it('does not open a poll again that was open', async () => {
    const roll = await frozenPoll(fixture, 'pol-reopened');
    const manifest = await manifestOf(fixture, roll);
    const restore = await copyOfDatabase();
    await open('pol-reopened', manifest);
    await issue('pol-reopened', 0);
    await issue('pol-reopened', 1);
    await issue('pol-reopened', 2);
    await expect.poll(() => leavesOf('pol-reopened'), { timeout: 10_000 }).toBe(4);
    await fixture.identity.issuanceLogs.settled();
    await restore();
    await expect(open('pol-reopened', manifest)).rejects.toMatchObject({ code: 'log-not-current' });
    await expect(issue('pol-reopened', 5)).rejects.toMatchObject({ code: 'certificates-not-open' });
  });
});

describe('issuing closes', () => {
  it('for ever: key and salts are destroyed, the log is final, the answer stays', async () => {
    const { params, modulus } = await openPoll(fixture, 'pol-closed', { batchSize: 100 });
    for (const index of [0, 1, 2]) await issue('pol-closed', index);
    const file = fixture.anyone.getIssuanceFile({ params });
    await expect(file).rejects.toMatchObject({ code: 'certificates-not-closed', status: 409 });
    const closed = await close('pol-closed');
    expect(closed).toEqual({ pollId: 'pol-closed', issued: 3, desks: [] });
    expect(await close('pol-closed')).toEqual(closed);
    expect(await fixture.anyone.getIssuance({ params })).toMatchObject({ modulus, issued: 3 });
    const roll = await fixture.connection.collection<{ _id: string }>('rolls').findOne({ _id: 'pol-closed' });
    expect(roll).toMatchObject({ sealedKey: null, phase: 'closed', issued: 3, modulus });
    const parts = await fixture.connection.collection('rollparts').find({ pollId: 'pol-closed' }).toArray();
    expect(parts.some((part) => 'salts' in part)).toBe(false);
    expect((await expectWitnessedLog('pol-closed')).values).toHaveLength(3);
  });

  it('in several steps if a witness is silent: the key goes first, the rest when it is repeated', async () => {
    const { params } = await openPoll(fixture, 'pol-steps', { batchSize: 100 });
    for (const index of [0, 1]) await issue('pol-steps', index);
    fixture.witness.setSilent(true);
    await expect(close('pol-steps')).rejects.toMatchObject({ code: 'log-not-current', status: 503 });
    const roll = await fixture.connection.collection<{ _id: string }>('rolls').findOne({ _id: 'pol-steps' });
    expect(roll).toMatchObject({ sealedKey: null, phase: 'closing', issued: null });
    await expect(issue('pol-steps', 2)).rejects.toMatchObject({ code: 'certificates-closed' });
    const file = fixture.anyone.getIssuanceFile({ params });
    await expect(file).rejects.toMatchObject({ code: 'certificates-not-closed' });
    fixture.witness.setSilent(false);
    expect(await close('pol-steps')).toMatchObject({ issued: 2 });
    expect((await expectWitnessedLog('pol-steps')).values).toHaveLength(2);
  });

  it('after a process died between two of its steps', async () => {
    await openPoll(fixture, 'pol-died', { batchSize: 100 });
    await issue('pol-died', 0);
    await fixture.identity.rolls.beginClosing('pol-died');
    expect(await close('pol-died')).toMatchObject({ issued: 1 });
    await openPoll(fixture, 'pol-later', { batchSize: 100 });
    await issue('pol-later', 0);
    await fixture.identity.rolls.beginClosing('pol-later');
    const closing = (await fixture.identity.rolls.find('pol-later'))!;
    expect(await fixture.identity.issuanceLogs.finish(closing)).toBe(1);
    expect(await close('pol-later')).toMatchObject({ issued: 1 });
    await expectWitnessedLog('pol-later');
  });

  it('while many ask: whoever got a signature is in the log', async () => {
    await openPoll(fixture, 'pol-rush', { batchSize: 5 });
    const other = await fixture.another();
    const crowd = Array.from({ length: 110 }, (_, index) => index);
    const values = await Promise.all(crowd.map((index) => rollValueOf('pol-rush', index)));
    const asked = crowd.map((index) => issue('pol-rush', index, index % 2 === 0 ? fixture : other));
    const settled = Promise.allSettled(asked);
    await asked[20];
    const [one, again] = await Promise.all([close('pol-rush'), close('pol-rush', other)]);
    expect(again).toEqual(one);
    const sent = await settled;
    const log = new Set((await expectWitnessedLog('pol-rush')).values);
    expect(log.size).toBe(one.issued);
    const signed = crowd.filter((index) => sent[index]!.status === 'fulfilled');
    for (const index of signed) expect(log).toContain(values[index]);
    for (const outcome of sent) {
      if (outcome.status === 'rejected')
        expect(outcome.reason).toMatchObject({ code: 'certificates-closed' });
    }
  });

  it.each(['before', 'after'] as const)(
    'between what one request does: nothing is signed if closing comes just %s the record',
    async (when) => {
      const pollId = `pol-just-${when}`;
      await openPoll(fixture, pollId);
      const value = await rollValueOf(pollId, 0);
      const { issuances } = fixture.identity;
      const record = issuances.record.bind(issuances);
      const spy = vi.spyOn(issuances, 'record').mockImplementationOnce(async (...asked) => {
        if (when === 'before') await close(pollId);
        const isFirst = await record(...asked);
        if (when === 'after') await close(pollId);
        return isFirst;
      });
      await expect(issue(pollId, 0)).rejects.toMatchObject({ code: 'certificates-closed' });
      spy.mockRestore();
      expect((await expectWitnessedLog(pollId)).values).toEqual(when === 'before' ? [] : [value]);
    },
  );

  it('with the numbers of its log, though another closes at the same time', async () => {
    const { params } = await openPoll(fixture, 'pol-twice', { batchSize: 100 });
    await issue('pol-twice', 0);
    const { rolls, issuances, issuanceLogs } = fixture.identity;
    await rolls.beginClosing('pol-twice');
    const closing = (await rolls.find('pol-twice'))!;
    const early = await issuanceLogs.finish(closing);
    const record = (index: number, desk: string | null) =>
      issuances.record(
        'pol-twice',
        people[index]!,
        { blindedSha256: '0'.repeat(64), desk },
        Buffer.alloc(32, index),
      );
    await record(1, 'des-library');
    expect(await issuanceLogs.finish(closing)).toBe(2);
    await rolls.close('pol-twice', early, []);
    expect(await fixture.anyone.getIssuance({ params })).toMatchObject({ issued: null });
    const desks = [{ desk: 'des-library', issued: 1 }];
    expect(await close('pol-twice')).toEqual({ pollId: 'pol-twice', issued: 2, desks });
    await record(2, null);
    expect(await issuanceLogs.finish(closing)).toBe(2);
    await expectWitnessedLog('pol-twice');
  });

  it('with nothing issued to who was recorded too late to be signed', async () => {
    const { params } = await openPoll(fixture, 'pol-late');
    await close('pol-late');
    const late = { blindedSha256: '0'.repeat(64), desk: null };
    await fixture.identity.issuances.record('pol-late', people[0]!, late, Buffer.alloc(32, 1));
    const client = await fixture.as(people[0]!, 'lintula', 'resident');
    expect(await client.getCertificateState({ params })).toMatchObject({ issued: false, closed: true });
  });
});

describe('the seed of the lot', () => {
  const seal = async (pollId: string, pollKey: string) =>
    (await fixture.service('worker')).sealLotSeed({ params: { pollId }, body: { pollKey } });
  const newKey = () => {
    const key = createECDH('prime256v1');
    key.generateKeys();
    // Leading zeros are left out by it.
    const secretKey = Buffer.concat([Buffer.alloc(32), key.getPrivateKey()]).subarray(-32);
    return { secretKey, pollKey: key.getPublicKey('hex', 'compressed') };
  };
  const [one, other] = [newKey(), newKey()];

  it('is sealed once to the key of its poll, however many ask, and only that key opens it', async () => {
    await frozenPoll(fixture, 'pol-seed');
    const all = await Promise.all([1, 2, 3, 4].map(() => seal('pol-seed', one.pollKey)));
    expect(new Set(all.map((answer) => JSON.stringify(answer))).size).toBe(1);
    const another = seal('pol-seed', other.pollKey);
    await expect(another).rejects.toMatchObject({ code: 'poll-key-differs', status: 409 });
    const lot = [all[0]!, all[0]!] as const;
    const [seed] = openLotSeeds({ lot: [...lot] }, one.secretKey);
    expect(Buffer.from(lotCommitment(seed!)).toString('hex')).toBe(all[0]!.commitment);
    expect(openLotSeeds({ lot: [...lot] }, other.secretKey)).toEqual([null, null]);
    await frozenPoll(fixture, 'pol-seed-2');
    expect((await seal('pol-seed-2', one.pollKey)).commitment).not.toBe(all[0]!.commitment);
    const [row] = await fixture.connection
      .collection<{ _id: string }>('rolls')
      .find({ _id: 'pol-seed' })
      .toArray();
    expect(JSON.stringify(row)).not.toContain(Buffer.from(seed!).toString('hex'));
  });

  it('is sealed to nothing but a key, for the worker alone, while the roll is frozen and nothing more', async () => {
    await frozenPoll(fixture, 'pol-sealing');
    const wrong = seal('pol-sealing', `02${'ff'.repeat(32)}`);
    await expect(wrong).rejects.toMatchObject({ code: 'poll-key-invalid', status: 422 });
    await expect(seal('pol-nowhere', one.pollKey)).rejects.toMatchObject({ code: 'not-found' });
    const asked = { params: { pollId: 'pol-sealing' }, body: { pollKey: one.pollKey } };
    const ballots = await fixture.service('ballots');
    await expect(ballots.sealLotSeed(asked)).rejects.toMatchObject({ code: 'forbidden' });
    await close('pol-sealing');
    await expect(seal('pol-sealing', one.pollKey)).rejects.toMatchObject({
      code: 'certificates-closed',
    });
  });

  it('and no other is in the manifest that certificates are bound to, nor is it sealed to another key', async () => {
    const roll = await frozenPoll(fixture, 'pol-lot');
    const manifest = await manifestOf(fixture, roll);
    const [own, theirs] = manifest.lot;
    const { key } = manifest;
    const [first, ...rest] = key.commitments;
    const foreign: Manifest[] = [
      { ...manifest, lot: [{ ...own, sealed: theirs.sealed }, theirs] },
      { ...manifest, lot: [{ ...own, commitment: theirs.commitment }, theirs] },
      { ...manifest, lot: [theirs, own] },
      { ...manifest, key: { ...key, commitments: [...rest, first!] } },
    ];
    for (const changed of foreign) {
      await expect(open('pol-lot', changed)).rejects.toMatchObject({ code: 'manifest-foreign' });
    }
    await open('pol-lot', manifest);
  });
});

describe('issuing ends', () => {
  const windows = {
    opens: '2026-07-01T09:00:00Z',
    certificatesClose: '2026-07-14T18:00:00Z',
    castingCloses: '2026-07-14T18:30:00Z',
    complaintsClose: '2026-07-17T18:30:00Z',
  };
  const at = (seconds: number) => new Date(Date.parse(windows.certificatesClose) + 1_000 * seconds);
  afterEach(() => {
    fixture.clock.at = new Date('2026-06-15T10:00:00Z');
  });

  it('when the manifest says so and not before, whoever asks', async () => {
    await openPoll(fixture, 'pol-windows', { windows });
    fixture.clock.at = at(-61);
    await expect(close('pol-windows')).rejects.toMatchObject({ code: 'windows-bind', status: 409 });
    await issue('pol-windows', 0);
    // Clocks of two machines differ a little.
    fixture.clock.at = at(-59);
    expect((await close('pol-windows')).issued).toBe(1);
  });

  it('at any time where acts end the phases', async () => {
    await openPoll(fixture, 'pol-acts');
    expect((await close('pol-acts')).issued).toBe(0);
  });

  it('for the worker alone', async () => {
    await openPoll(fixture, 'pol-others');
    const ballots = await fixture.service('ballots');
    const closing = ballots.closeIssuance({ params: { pollId: 'pol-others' } });
    await expect(closing).rejects.toMatchObject({ code: 'forbidden' });
  });
});

describe('the files of an issuer', () => {
  it('belong to polls of their municipality', async () => {
    const params = { municipalityId: 'other', pollId: 'pol-closed' };
    const { anyone } = fixture;
    for (const asking of [
      () => anyone.getRollFile({ params }),
      () => anyone.getIssuanceFile({ params }),
      () => anyone.getIssuanceCheckpoints({ params }),
      () => anyone.getIssuance({ params }),
    ]) {
      await expect(asking()).rejects.toMatchObject({ code: 'not-found' });
    }
  });
});
