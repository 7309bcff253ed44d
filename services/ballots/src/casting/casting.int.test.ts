import type { ApiProblem } from '@talkoot/api-contracts';
import { certificateLength, isPromised, leafHash, sign } from '@talkoot/ballot-protocol';
import { approve, certifiedVoter } from '@talkoot/ballot-protocol/testing';
import type { HeldPoll } from '@talkoot/ballot-protocol/testing';
import { createLog } from '@talkoot/http-service';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { boardFixture, hex } from '../board/board.fixture.ts';
import type { BoardFixture, Bytes } from '../board/board.fixture.ts';

const logged: string[] = [];
let fixture: BoardFixture;
let poll: HeldPoll;
beforeAll(async () => {
  const lines = new Writable({
    write: (line, _, done) => (logged.push(String(line)), done()),
  });
  fixture = await boardFixture(inject('mongodbUrl'), createLog('ballots', 'trace', lines));
  poll = await fixture.open('pol-1', { board: boardOf('pol-1', 1_000) });
});
afterAll(() => fixture.stop());

const boardOf = (pollId: string, batchSize: number) => ({
  origin: `ballots.test/lintula/${pollId}`,
  publicKey: hex(fixture.boardKey.publicKey),
  batchSize,
});
const stored = (pollId: string) => fixture.connection.collection('leaves').find({ poll: pollId }).toArray();
const refused = async (pollId: string, body: Bytes, code: string, status: number) => {
  const before = await stored(pollId);
  await expect(fixture.cast(pollId, body)).rejects.toMatchObject({ code, status });
  expect(await stored(pollId)).toEqual(before);
};

describe('casting', () => {
  it('promises to publish the leaf, and the same again to whoever sends the same leaf', async () => {
    const leaf = await fixture.leaf('pol-1');
    const answer = await fixture.cast('pol-1', leaf);
    expect(answer.leafHash).toBe(hex(leafHash(leaf)));
    const promiser = { manifest: poll.binding.m, boardKey: fixture.boardKey.publicKey };
    expect(isPromised(leafHash(leaf), Buffer.from(answer.promise, 'hex'), promiser)).toBe(true);
    const before = await stored('pol-1');
    expect(await fixture.cast('pol-1', leaf)).toEqual(answer);
    expect(await stored('pol-1')).toEqual(before);
  });

  it('takes one of fifty different leaves with one key and sequence', async () => {
    const voter = await certifiedVoter(poll);
    const leaves = await Promise.all(Array.from({ length: 50 }, () => fixture.leaf('pol-1', voter)));
    const sent = await Promise.allSettled(leaves.map((leaf) => fixture.cast('pol-1', leaf)));
    const promised = sent.flatMap((one) => (one.status === 'fulfilled' ? [one.value.leafHash] : []));
    expect(promised).toHaveLength(1);
    for (const one of sent) {
      if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'sequence-already-used' });
    }
    const ids = (await stored('pol-1')).map(({ _id }) => _id.toString('hex'));
    expect(ids.filter((id) => leaves.some((leaf) => hex(leafHash(leaf)) === id))).toEqual(promised);
  });

  it('answers everybody of a crowd, in few writes', async () => {
    const leaves = await Promise.all(Array.from({ length: 60 }, () => fixture.leaf('pol-1')));
    const twice = [...leaves, ...leaves];
    const answers = await Promise.all(twice.map((leaf) => fixture.cast('pol-1', leaf)));
    expect(answers.map(({ leafHash: hash }) => hash)).toEqual(twice.map((leaf) => hex(leafHash(leaf))));
    const ids = new Set((await stored('pol-1')).map(({ _id }) => _id.toString('hex')));
    expect(answers.every(({ leafHash: hash }) => ids.has(hash))).toBe(true);
  });

  it('keeps further sequences of a key beside the first', async () => {
    const voter = await certifiedVoter(poll);
    for (const sequence of [50, 1, 7])
      await fixture.cast('pol-1', await fixture.leaf('pol-1', voter, sequence));
    const used = fixture.leaf('pol-1', voter, 7);
    await refused('pol-1', await used, 'sequence-already-used', 409);
  });
});

describe('a leaf is refused and not stored', () => {
  const changed = (leaf: Uint8Array, at: number) =>
    Uint8Array.from(leaf, (byte, n) => (n === at ? byte ^ 1 : byte));

  it('when its length is wrong', async () => {
    const leaf = await fixture.leaf('pol-1');
    await refused('pol-1', leaf.slice(1), 'leaf-malformed', 422);
    await refused('pol-1', Uint8Array.from([...leaf, 0]), 'leaf-malformed', 422);
    await refused('pol-1', new Uint8Array(0), 'invalid-request', 400);
  });

  it.each([0, 51, 2 ** 32 - 1])('under the sequence %i', async (sequence) => {
    const voter = await certifiedVoter(poll);
    await refused('pol-1', await approve(poll, voter, sequence, [0]), 'sequence-out-of-range', 422);
  });

  it('under a key of small order', async () => {
    const leaf = await fixture.leaf('pol-1');
    leaf.fill(0, 0, 32).set([1]);
    await refused('pol-1', leaf, 'public-key-invalid', 422);
  });

  it('without the certificates of both issuers, each in its place', async () => {
    const leaf = await fixture.leaf('pol-1');
    await refused('pol-1', changed(leaf, 32 + 40), 'first-certificate-invalid', 403);
    await refused('pol-1', changed(leaf, 32 + certificateLength + 40), 'second-certificate-invalid', 403);
    const { key, certificates } = await certifiedVoter(poll);
    const [first, second] = certificates;
    const swapped = { key, certificates: [second, first] as const };
    await refused('pol-1', await fixture.leaf('pol-1', swapped), 'first-certificate-invalid', 403);
    const stolen = { ...(await certifiedVoter(poll)), certificates };
    await refused('pol-1', await fixture.leaf('pol-1', stolen), 'first-certificate-invalid', 403);
  });

  it('without the signature of its key over all of it', async () => {
    const leaf = await fixture.leaf('pol-1');
    await refused('pol-1', changed(leaf, leaf.length - 1), 'signature-invalid', 403);
    await refused('pol-1', changed(leaf, leaf.length - 70), 'signature-invalid', 403);
    const { key } = await certifiedVoter(poll);
    const foreign = Uint8Array.from([...leaf.slice(0, -64), ...sign(key.secretKey, leaf.slice(0, -64))]);
    await refused('pol-1', foreign, 'signature-invalid', 403);
  });

  it('when it was made for another poll', async () => {
    const other = await fixture.open('pol-other');
    const voter = await certifiedVoter(other);
    await refused('pol-1', await approve(other, voter, 1, [0]), 'first-certificate-invalid', 403);
    await refused('pol-none', await fixture.leaf('pol-1'), 'not-found', 404);
  });

  it('before the manifest and before opening', async () => {
    const leaf = await fixture.leaf('pol-1');
    fixture.manifests.set('pol-bare', null);
    await refused('pol-bare', leaf, 'poll-not-open', 409);
    await fixture.prepare('pol-early');
    await refused('pol-early', await fixture.leaf('pol-early'), 'poll-not-open', 409);
  });
});

describe('a ballot leaves no trace', () => {
  it('of time, order or person in the database', async () => {
    await fixture.cast('pol-1', await fixture.leaf('pol-1'));
    for (const row of await stored('pol-1')) {
      expect(Object.keys(row).toSorted()).toEqual(['_id', 'batch', 'key', 'leaf', 'poll', 'sequence']);
      expect(row['_id'].toString('hex')).toMatch(/^[0-9a-f]{64}$/);
      expect(row['batch']).toBe(0);
    }
    for (const name of ['leaves', 'complaints']) {
      const [info] = await fixture.connection.db!.listCollections({ name }, { nameOnly: false }).toArray();
      expect(info!.options?.['clusteredIndex']).toMatchObject({ unique: true });
    }
    const all = await fixture.connection.db!.listCollections().toArray();
    expect(all.map((one) => one.name)).not.toContain('operations');
  });

  it('in the log, accepted or refused, nor does looking for it on the board', async () => {
    logged.length = 0;
    const leaf = await fixture.leaf('pol-1');
    const { promise } = await fixture.cast('pol-1', leaf);
    await fixture.cast('pol-1', leaf.slice(1)).catch(() => undefined);
    const body = Uint8Array.from([...leaf, ...Buffer.from(promise, 'hex')]);
    await fixture.anyone.complain({ params: { pollId: 'pol-1' }, body });
    await fixture.anyone.getBoardCheckpoint({ params: { pollId: 'pol-1' } });
    await fixture.anyone.getBoardTile({ params: { pollId: 'pol-1', level: '0', path: '000.p/1' } });
    expect(logged).toEqual([]);
    const tell = fixture.worker.closeBoard({ params: { pollId: 'pol-1' } });
    await expect(tell).rejects.toMatchObject({ code: 'poll-not-closed' });
    expect(logged).toHaveLength(1);
  });
});

describe('a board that may not be current', () => {
  it('promises nothing while its witnesses are silent, and stores the leaf all the same', async () => {
    const pollId = 'pol-silent';
    await fixture.open(pollId);
    fixture.witness.setSilent(true);
    const leaf = await fixture.leaf(pollId);
    await expect(fixture.cast(pollId, leaf)).rejects.toMatchObject({
      code: 'board-not-current',
      status: 503,
    });
    fixture.witness.setSilent(false);
    expect(await stored(pollId)).toHaveLength(1);
    expect(await fixture.cast(pollId, leaf)).toMatchObject({ leafHash: hex(leafHash(leaf)) });
    expect(await stored(pollId)).toHaveLength(1);
  });
});

describe('closing', () => {
  it('publishes every leaf that was promised, however close the race', async () => {
    for (let round = 0; round < 3; round += 1) {
      const pollId = `pol-race-${round}`;
      await fixture.open(pollId);
      const promised = new Set<string>();
      const unsure: Bytes[] = [];
      const send = async (body: Bytes) => {
        try {
          promised.add((await fixture.cast(pollId, body)).leafHash);
          return true;
        } catch (error) {
          const { code } = error as ApiProblem;
          expect(['poll-closed', 'board-closing']).toContain(code);
          unsure.push(body);
          return false;
        }
      };
      const voter = async () => {
        // Each leaf is sent twice at once, as an impatient device would.
        const own = await fixture.voter(pollId);
        for (let sequence = 1, isOpen = true; isOpen && sequence <= 50; sequence += 1) {
          const body = await fixture.leaf(pollId, own, sequence);
          isOpen = (await Promise.all([send(body), send(body)])).every(Boolean);
        }
      };
      const voters = Promise.all(Array.from({ length: 24 }, voter));
      await expect.poll(() => promised.size, { timeout: 30_000 }).toBeGreaterThan(60);
      await fixture.endCasting(pollId);
      const close = () => fixture.worker.closeBoard({ params: { pollId } });
      const [answer, again] = await Promise.all([close(), close(), voters]);
      expect(again).toEqual(answer);
      const published = (await fixture.soundBoard(pollId)).map((leaf) => hex(leafHash(leaf)));
      expect(answer.leaves).toBe(published.length);
      expect([...promised].filter((hash) => !published.includes(hash))).toEqual([]);
      expect(unsure.length).toBeGreaterThan(0);
      // Once the board is sealed, everybody hears whether the leaf is on it.
      for (const body of unsure) {
        const isThere = published.includes(hex(leafHash(body)));
        if (isThere)
          expect(await fixture.cast(pollId, body)).toMatchObject({ leafHash: hex(leafHash(body)) });
        else await refused(pollId, body, 'poll-closed', 409);
      }
    }
  });

  it('tells who asks meanwhile to ask again, and stores nothing any more', async () => {
    const pollId = 'pol-late';
    await fixture.open(pollId);
    const [early, late] = [await fixture.leaf(pollId), await fixture.leaf(pollId)];
    const answer = await fixture.cast(pollId, early);
    await fixture.endCasting(pollId);
    const other = await fixture.another();
    await expect(other.cast(pollId, early)).rejects.toMatchObject({ code: 'board-closing', status: 503 });
    await expect(other.cast(pollId, late)).rejects.toMatchObject({ code: 'poll-closed', status: 409 });
    expect(await stored(pollId)).toHaveLength(1);
    await fixture.worker.closeBoard({ params: { pollId } });
    expect(await other.cast(pollId, early)).toEqual(answer);
    await expect(other.cast(pollId, late)).rejects.toMatchObject({ code: 'poll-closed', status: 409 });
    expect(await stored(pollId)).toHaveLength(1);
  });

  it('never publishes a leaf that was stored after the board was sealed', async () => {
    const pollId = 'pol-after';
    await fixture.open(pollId);
    await fixture.cast(pollId, await fixture.leaf(pollId));
    const slow = await fixture.another();
    await slow.cast(pollId, await fixture.leaf(pollId));
    await fixture.endCasting(pollId);
    await fixture.worker.closeBoard({ params: { pollId } });
    // As a process stores it that saw the gate open a moment ago.
    const late = await fixture.leaf(pollId);
    await refusedOnly(slow.cast(pollId, late));
    expect(await stored(pollId)).toHaveLength(3);
    await refusedOnly(slow.cast(pollId, late));
    await fixture.worker.closeBoard({ params: { pollId } });
    await fixture.worker.settleComplaints({ params: { pollId } });
    expect(await fixture.soundBoard(pollId)).toHaveLength(2);
  });
});

const refusedOnly = (cast: Promise<unknown>) =>
  expect(cast).rejects.toMatchObject({ code: 'poll-closed', status: 409 });
