import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bound, u32 } from '../binding.ts';
import { chooseBatch, GrowingTree, issuanceFirstLeaf, issuanceOrigin, nextIssuanceBatch } from './index.ts';
import type { WaitingLeaf } from './index.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const hashes = (count: number) => Array.from({ length: count }, (_, at) => sha256(u32(at)));
const text = (list: readonly Uint8Array[]) => list.map(bytesToHex);
const random = sha256(utf8ToBytes('random'));
const some = fc.integer({ min: 0, max: 150 }).map(hashes);
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

const leaf = (key: number, vote = 0): WaitingLeaf => ({
  key: sha256(u32(key)),
  hash: sha256(bound('leaf', u32(key), u32(vote))),
});
const oneOfEach = (keys: number) => Array.from({ length: keys }, (_, key) => leaf(key));
const hashesOf = (waiting: readonly WaitingLeaf[]) => text(waiting.map(({ hash }) => hash));
/** Voters, some of whom vote often. */
const voters = fc.array(fc.oneof({ weight: 5, arbitrary: fc.constant(1) }, fc.integer({ min: 2, max: 50 })), {
  maxLength: 80,
});
const votes = voters.map((times) =>
  times.flatMap((number, key) => Array.from({ length: number }, (_, vote) => leaf(key, vote))),
);
const anySize = fc.integer({ min: 1, max: 40 });
const keysOf = (waiting: readonly WaitingLeaf[]) => new Set(waiting.map(({ key }) => bytesToHex(key)));

describe('a batch', () => {
  it('depends on the set that waits and on the random bytes, never on who came first', () => {
    const arrivals = votes.chain((set) =>
      fc.tuple(fc.constant(set), fc.shuffledSubarray(set, { minLength: set.length })),
    );
    fc.assert(
      fc.property(arrivals, seed, fc.boolean(), ([set, arrived], random, closing) => {
        const rules = { batchSize: 5, closing, random };
        expect(chooseBatch({ waiting: arrived, ...rules })).toEqual(chooseBatch({ waiting: set, ...rules }));
        expect(chooseBatch({ waiting: [...set, ...arrived], ...rules })).toEqual(
          chooseBatch({ waiting: set, ...rules }),
        );
      }),
    );
  });

  it('is of half of the keys that wait, as soon as twice the batch size of keys do, and of no fewer keys than that size', () => {
    fc.assert(
      fc.property(votes, seed, anySize, (waiting, random, batchSize) => {
        const batch = new Set(text(chooseBatch({ waiting, batchSize, closing: false, random })));
        const keys = keysOf(waiting.filter(({ hash }) => batch.has(bytesToHex(hash)))).size;
        const all = keysOf(waiting).size;
        expect(keys).toBe(all < 2 * batchSize ? 0 : Math.floor(all / 2));
        expect(keys === 0 || keys >= batchSize).toBe(true);
      }),
    );
  });

  it('never separates what waits of one key: all of it is appended, or none', () => {
    fc.assert(
      fc.property(votes, seed, anySize, (waiting, random, batchSize) => {
        const batch = new Set(text(chooseBatch({ waiting, batchSize, closing: false, random })));
        const [taken, left] = [true, false].map((isTaken) =>
          keysOf(waiting.filter(({ hash }) => batch.has(bytesToHex(hash)) === isTaken)),
        );
        expect([...taken!].filter((key) => left!.has(key))).toEqual([]);
      }),
    );
  });

  it('ascends, and holds nothing but what waits, once', () => {
    fc.assert(
      fc.property(votes, seed, anySize, fc.boolean(), (waiting, random, batchSize, closing) => {
        const batch = text(chooseBatch({ waiting, batchSize, closing, random }));
        expect(batch).toEqual(batch.toSorted());
        const left = new Set(hashesOf(waiting));
        expect(batch.every((hash) => left.delete(hash))).toBe(true);
      }),
    );
  });

  it('takes the rest when casting is over', () => {
    fc.assert(
      fc.property(votes, (waiting) => {
        const batch = text(chooseBatch({ waiting, batchSize: 30, closing: true, random }));
        expect(batch).toEqual(hashesOf(waiting).toSorted());
      }),
    );
  });

  it('waits for other voters, however often a few of them vote', () => {
    const waiting = Array.from({ length: 9 * 50 }, (_, place) => leaf(place % 9, place));
    expect(chooseBatch({ waiting, batchSize: 5, closing: false, random })).toEqual([]);
    expect(chooseBatch({ waiting: [...waiting, leaf(9)], batchSize: 5, closing: false, random })).not.toEqual(
      [],
    );
  });

  it('takes everybody as often as everybody else, also who votes more often', () => {
    const waiting = [...oneOfEach(10), leaf(3, 1), leaf(3, 2)];
    const times = new Map(hashesOf(waiting).map((hash) => [hash, 0]));
    for (let draw = 0; draw < 2000; draw++) {
      const batch = chooseBatch({ waiting, batchSize: 5, closing: false, random: sha256(u32(draw)) });
      for (const hash of text(batch)) times.set(hash, times.get(hash)! + 1);
    }
    // 1,000 each on average, with a standard deviation of 22; the draws are fixed.
    for (const count of times.values()) expect(Math.abs(count - 1000)).toBeLessThan(90);
  });

  it('needs a size, hashes and randomness', () => {
    const valid = { waiting: oneOfEach(4), batchSize: 2, closing: false, random };
    for (const batchSize of [0, -1, 1.5, Number.NaN]) {
      expect(() => chooseBatch({ ...valid, batchSize })).toThrow(code('batch-invalid'));
    }
    expect(() => chooseBatch({ ...valid, random: random.subarray(1) })).toThrow(code('batch-invalid'));
    const short = [{ ...leaf(1), hash: random.subarray(1) }];
    expect(() => chooseBatch({ ...valid, waiting: short })).toThrow(code('hash-malformed'));
  });
});

describe('an issuance log', () => {
  const rules = { batchSize: 5, closing: false, isLogged: () => false };

  it('begins with what binds it to the poll and the issuer', () => {
    expect(issuanceOrigin('ballots.example/2026/parks', 'auditor')).toBe(
      'ballots.example/2026/parks/issuance/auditor',
    );
    const leaf = issuanceFirstLeaf(random, 'auditor');
    expect(bytesToHex(leaf)).toBe(
      `${bytesToHex(utf8ToBytes('talkoot-issuance-v1'))}${bytesToHex(random)}${bytesToHex(utf8ToBytes('auditor'))}`,
    );
    expect(() => issuanceFirstLeaf(random.subarray(1), 'auditor')).toThrow(code('hash-malformed'));
  });

  it('takes whole batches, ascending, and the rest when issuing is over', () => {
    fc.assert(
      fc.property(some, fc.boolean(), (pending, closing) => {
        const batch = text(nextIssuanceBatch({ ...rules, pending, closing }));
        expect(batch).toEqual(closing || pending.length >= 5 ? text(pending).toSorted() : []);
      }),
    );
  });

  it('takes no entry twice', () => {
    const pending = hashes(6);
    const twice = { ...rules, pending: [...pending, pending[2]!] };
    expect(() => nextIssuanceBatch(twice)).toThrow(code('entry-repeated'));
    const logged = { ...rules, pending, isLogged: (value: Uint8Array) => value === pending[3] };
    expect(() => nextIssuanceBatch(logged)).toThrow(code('entry-repeated'));
    // Also while too few wait to be appended.
    expect(() => nextIssuanceBatch({ ...logged, batchSize: 30 })).toThrow(code('entry-repeated'));
  });

  it('needs a size and roll values', () => {
    expect(() => nextIssuanceBatch({ ...rules, pending: [], batchSize: 0 })).toThrow(code('batch-invalid'));
    const pending = [new Uint8Array(31)];
    expect(() => nextIssuanceBatch({ ...rules, pending })).toThrow(code('hash-malformed'));
  });

  it('grows by its batches whatever the order of issuing', () => {
    const root = (pending: readonly Uint8Array[]) => {
      const tree = new GrowingTree();
      for (const value of nextIssuanceBatch({ ...rules, pending })) tree.append(value);
      return tree.root();
    };
    expect(root(hashes(9))).toEqual(root(hashes(9).toReversed()));
  });
});
