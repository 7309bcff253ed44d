import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { u32 } from '../binding.ts';
import { chooseBatch, GrowingTree, issuanceFirstLeaf, issuanceOrigin, nextIssuanceBatch } from './index.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const hashes = (count: number) => Array.from({ length: count }, (_, at) => sha256(u32(at)));
const text = (list: readonly Uint8Array[]) => list.map(bytesToHex);
const random = sha256(utf8ToBytes('random'));
const some = fc.integer({ min: 0, max: 150 }).map(hashes);
const seed = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a batch', () => {
  it('depends on the set that waits and on the random bytes, never on who came first', () => {
    const arrivals = some.chain((set) =>
      fc.tuple(fc.constant(set), fc.shuffledSubarray(set, { minLength: set.length })),
    );
    fc.assert(
      fc.property(arrivals, seed, fc.boolean(), ([set, arrived], random, closing) => {
        const rules = { batchSize: 5, closing, random };
        expect(chooseBatch({ pending: arrived, ...rules })).toEqual(chooseBatch({ pending: set, ...rules }));
        expect(chooseBatch({ pending: [...set, ...arrived], ...rules })).toEqual(
          chooseBatch({ pending: set, ...rules }),
        );
      }),
    );
  });

  it('is half of those who wait, ascending, as soon as twice the batch size do', () => {
    fc.assert(
      fc.property(some, seed, fc.integer({ min: 1, max: 40 }), (pending, random, batchSize) => {
        const batch = text(chooseBatch({ pending, batchSize, closing: false, random }));
        expect(batch).toHaveLength(pending.length < 2 * batchSize ? 0 : Math.floor(pending.length / 2));
        expect(batch).toEqual(batch.toSorted());
        const waiting = new Set(text(pending));
        expect(batch.every((hash) => waiting.delete(hash))).toBe(true);
      }),
    );
  });

  it('takes the rest when casting is over', () => {
    const batch = text(chooseBatch({ pending: hashes(7), batchSize: 30, closing: true, random }));
    expect(batch).toEqual(text(hashes(7)).toSorted());
    expect(chooseBatch({ pending: [], batchSize: 30, closing: true, random })).toEqual([]);
  });

  it('takes everybody as often as everybody else', () => {
    const pending = hashes(10);
    const times = new Map(text(pending).map((hash) => [hash, 0]));
    for (let draw = 0; draw < 2000; draw++) {
      const batch = chooseBatch({ pending, batchSize: 5, closing: false, random: sha256(u32(draw)) });
      for (const hash of text(batch)) times.set(hash, times.get(hash)! + 1);
    }
    // 1,000 each on average, with a standard deviation of 22; the draws are fixed.
    for (const count of times.values()) expect(Math.abs(count - 1000)).toBeLessThan(90);
  });

  it('needs a size, hashes and randomness', () => {
    const valid = { pending: hashes(4), batchSize: 2, closing: false, random };
    for (const batchSize of [0, -1, 1.5, Number.NaN]) {
      expect(() => chooseBatch({ ...valid, batchSize })).toThrow(code('batch-invalid'));
    }
    expect(() => chooseBatch({ ...valid, random: random.subarray(1) })).toThrow(code('batch-invalid'));
    expect(() => chooseBatch({ ...valid, pending: [random.subarray(1)] })).toThrow(code('hash-malformed'));
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
