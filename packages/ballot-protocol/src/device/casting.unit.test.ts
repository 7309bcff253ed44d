import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { builtinModules } from 'node:module';
import { rolldown } from 'rolldown';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { signCheckpoint } from '../board/checkpoint.ts';
import { leafHash } from '../board/merkle.hash.ts';
import { GrowingTree } from '../board/merkle.tree.ts';
import { cosignNote } from '../board/note.key.ts';
import { noteText } from '../board/note.ts';
import { signPromise } from '../board/promise.ts';
import { parseTilePath, tileWidth } from '../board/tile.ts';
import { newSigningKey } from '../signature/ed25519.ts';
import { preparePoll } from '../verifier/held-poll.fixture.ts';
import type { HeldPoll } from '../verifier/held-poll.fixture.ts';
import { newCast } from './casting.course.ts';
import type { CastState, Taker } from './casting.course.ts';
import { castAndFollow, restAfter } from './casting.ts';
import type { CastPorts, SendAnswer } from './casting.ts';

let poll: HeldPoll;
beforeAll(async () => void (poll = await preparePoll()));

const leaf = utf8ToBytes('what the device sends');
const others = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => leafHash(utf8ToBytes(`another leaf ${from + at}`)));
const rests = { first: 1_000, longest: 60_000 };
const began = Date.parse('2026-05-02T09:00:00Z');
const minutes = 60_000;
const deadline = began + 10 * minutes;

/** A board, a relay and a clock that passes while a device rests. */
class Surroundings {
  now = began;
  hashes: Uint8Array[] = [leafHash(poll.manifestBytes), ...others(0, 299)];
  /** Over which its checkpoint is; fewer than there are hashes while the last batch is not witnessed. */
  witnesses = poll.witnessKeys;
  answers: Record<Taker, (sent: Uint8Array) => SendAnswer> = {
    board: () => this.promise(),
    relay: () => ({ answer: 'silent' }),
  };
  complaint: 'taken' | 'refused' | 'silent' = 'taken';
  onRest: () => void = () => undefined;
  readonly sent: [Taker, Uint8Array][] = [];
  readonly complaints: Uint8Array[] = [];
  readonly tiles: string[] = [];
  readonly kept: CastState[] = [];
  spoil: (tile: Uint8Array) => Uint8Array = (tile) => tile;

  promise(key = poll.boardKey): SendAnswer {
    const promise = signPromise(poll.binding.m, leafHash(leaf), key.secretKey);
    return { answer: 'promised', promise };
  }

  note(): string {
    const tree = new GrowingTree();
    for (const hash of this.hashes) tree.append(hash);
    const { origin } = poll.binding.manifest.board;
    const checkpoint = { origin, size: tree.size, root: tree.root() };
    const { note } = signCheckpoint(checkpoint, poll.boardKey.secretKey);
    const lines = this.witnesses.map(({ name, key }) =>
      cosignNote(note.text, name, key.secretKey, 1_800_000_000),
    );
    return noteText({ ...note, signatures: [...note.signatures, ...lines] });
  }

  readonly ports: CastPorts = {
    send: async (to, sent) => {
      this.sent.push([to, sent]);
      return this.answers[to](sent);
    },
    checkpoint: async () => this.note(),
    tile: async (path) => {
      this.tiles.push(path);
      const { index, width } = parseTilePath(path)!;
      const from = index * tileWidth;
      return this.spoil(concatBytes(...this.hashes.slice(from, from + width)));
    },
    complain: async (complaint) => {
      this.complaints.push(complaint);
      return this.complaint;
    },
    keep: async (state) => void this.kept.push(state),
    rest: async (ms) => {
      this.now += ms;
      this.onRest();
    },
    now: () => this.now,
    random: () => 1,
  };

  follow(until: 'promised' | 'included' = 'included', state?: CastState, end = deadline): Promise<CastState> {
    const casting = { binding: poll.binding, leaf, ports: this.ports, rests };
    return castAndFollow(casting, { until, deadline: end }, state);
  }
}

describe('a device', () => {
  it('stops at the promise if it is asked to, and goes on from what it kept', async () => {
    const there = new Surroundings();
    const promised = await there.follow('promised');
    expect(promised).toMatchObject({ end: null, promise: (there.promise() as { promise: unknown }).promise });
    expect(there.kept.at(-1)).toBe(promised);
    there.hashes.push(leafHash(leaf), ...others(400, 410));
    const { end } = await there.follow('included', promised);
    expect(end).toEqual({ outcome: 'included', index: 300, size: 311 });
    expect(there.tiles).toEqual(['tile/0/000', 'tile/0/001.p/55']);
    expect(there.sent.every(([, sent]) => sent === leaf)).toBe(true);
  });

  it('sends the identical leaf until it is on the board, and reads no checkpoint twice', async () => {
    const there = new Surroundings();
    let rested = 0;
    there.onRest = () => (rested += 1) === 6 && there.hashes.push(leafHash(leaf));
    expect(await there.follow()).toMatchObject({ end: { outcome: 'included', index: 300, size: 301 } });
    expect(there.sent.length).toBeGreaterThan(3);
    expect(there.sent.every(([to, sent]) => to === 'board' && sent === leaf)).toBe(true);
    expect(there.tiles).toHaveLength(4);
    expect(there.complaints).toEqual([]);
  });

  it('turns to the relay while the board is away, and back', async () => {
    const there = new Surroundings();
    there.answers.board = () => {
      throw new Error('connection refused');
    };
    there.answers.relay = () => (there.now < began + 20_000 ? { answer: 'kept' } : there.promise());
    const state = await there.follow('promised');
    expect(state).toMatchObject({ isKept: true, promise: expect.any(Uint8Array) as unknown });
    expect(new Set(there.sent.map(([to]) => to))).toEqual(new Set(['board', 'relay']));
  });

  it('takes no promise for one that the board did not sign', async () => {
    const there = new Surroundings();
    there.answers.board = () => there.promise(newSigningKey());
    there.answers.relay = there.answers.board;
    expect(await there.follow('promised')).toMatchObject({ promise: null, end: null });
    expect(there.now).toBe(deadline);
  });

  it('complains with leaf and promise when the board closes without the leaf, and finds it once that is honoured', async () => {
    const there = new Surroundings();
    const promised = await there.follow('promised');
    there.answers.board = () => ({ answer: 'refused', code: 'poll-closed' });
    there.onRest = () => there.complaints.length > 0 && there.hashes.push(leafHash(leaf));
    expect(await there.follow('included', promised)).toMatchObject({ end: { outcome: 'included' } });
    expect(there.complaints).toEqual([concatBytes(leaf, promised.promise!)]);
  });

  it('complains about a board that goes on promising an hour after it had to close', async () => {
    const there = new Surroundings();
    const closes = Date.parse(poll.binding.manifest.windows!.castingCloses);
    there.now = closes + 59 * minutes;
    const early = await there.follow('included', undefined, closes + 60 * minutes);
    expect([early.end, there.complaints.length]).toEqual([null, 0]);
    await there.follow('included', early, closes + 65 * minutes);
    expect(there.complaints).toHaveLength(1);
  });

  it('ends with a broken promise where no complaint is heard', async () => {
    const there = new Surroundings();
    const promised = await there.follow('promised');
    there.answers.board = () => ({ answer: 'refused', code: 'poll-closed' });
    there.complaint = 'refused';
    expect((await there.follow('included', promised)).end).toEqual({ outcome: 'broken' });
  });

  it.each<[string, (there: Surroundings) => void]>([
    ['that too few witnesses signed', (there) => (there.witnesses = poll.witnessKeys.slice(0, 1))],
    ['whose tiles are others', (there) => (there.spoil = (tile) => tile.map((byte) => byte ^ 1))],
    ['whose tiles are cut', (there) => (there.spoil = (tile) => tile.subarray(32))],
  ])('believes no board %s, and gives up at the deadline', async (_, spoil) => {
    const there = new Surroundings();
    there.hashes.push(leafHash(leaf));
    spoil(there);
    expect(await there.follow()).toMatchObject({ end: null, promise: expect.any(Uint8Array) as unknown });
    expect(there.now).toBe(deadline);
  });

  it('reads no board to its end that takes longer than there is time', async () => {
    const there = new Surroundings();
    there.hashes = [...there.hashes, ...others(1_000, 3_000)];
    there.spoil = (tile) => {
      there.now += 3 * minutes;
      return tile;
    };
    await there.follow();
    expect(there.tiles.length).toBeLessThanOrEqual(4);
  });

  it('that cannot keep what it knows does not go on', async () => {
    const there = new Surroundings();
    const ports = { ...there.ports, keep: () => Promise.reject(new Error('the storage is full')) };
    const casting = { binding: poll.binding, leaf, ports, rests };
    await expect(castAndFollow(casting, { until: 'included', deadline }, newCast)).rejects.toThrow(
      'the storage is full',
    );
    expect(there.sent).toHaveLength(1);
  });
});

it('rests grow from the first to the longest, and spread over half of it', () => {
  const vain = fc.nat(1_000);
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(vain, random, (vain, random) => {
      const rest = restAfter(vain, rests, random);
      expect(rest).toBeGreaterThanOrEqual(rests.first / 2);
      expect(rest).toBeLessThanOrEqual(rests.longest);
      expect(restAfter(vain + 1, rests, random)).toBeGreaterThanOrEqual(rest);
    }),
  );
});

test('this entry runs in a browser: it needs nothing that is not bundled', async () => {
  const bundle = await rolldown({
    input: new URL('./index.ts', import.meta.url).pathname,
    platform: 'browser',
    logLevel: 'silent',
    external: [/^node:/, ...builtinModules],
  });
  const { output } = await bundle.generate({ format: 'esm' });
  await bundle.close();
  expect([output[0].imports, output[0].dynamicImports]).toEqual([[], []]);
  expect(output[0].code).not.toMatch(/\bBuffer\./);
});
