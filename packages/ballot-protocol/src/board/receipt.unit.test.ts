import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '../canonical.ts';
import { newSigningKey } from '../signature/ed25519.ts';
import { u32 } from '../binding.ts';
import * as node from '../node/index.ts';
import {
  encodeComplaints,
  encodeReceipt,
  findReceipt,
  isPromised,
  isValidComplaint,
  leafHash,
  parseComplaints,
  parseReceipt,
  promiseMessage,
  requireReceiptIncluded,
  signPromise,
} from './index.ts';
import { NumberedTree } from './tree.fixture.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const manifest = sha256(utf8ToBytes('manifest'));
const board = newSigningKey();
const promiser = { manifest, boardKey: board.publicKey };
const tree = new NumberedTree(20);
const promised = (leaf: Uint8Array) => ({
  manifest,
  leaf,
  promise: signPromise(manifest, leafHash(leaf), board.secretKey),
});
const receipt = promised(u32(11));
const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 1 ? byte ^ 1 : byte));

describe('a promise', () => {
  it('is the signature of the board over poll and leaf hash', () => {
    const message = promiseMessage(manifest, leafHash(u32(11)));
    expect(bytesToHex(message)).toBe(
      `${bytesToHex(utf8ToBytes('talkoot-promise-v1'))}${bytesToHex(manifest)}${bytesToHex(leafHash(u32(11)))}`,
    );
    expect(isPromised(leafHash(u32(11)), receipt.promise, promiser)).toBe(true);
    expect(signPromise(manifest, leafHash(u32(11)), board.secretKey)).toEqual(receipt.promise);
  });

  it('holds for no other leaf, poll or board', () => {
    expect(isPromised(leafHash(u32(12)), receipt.promise, promiser)).toBe(false);
    const poll = { ...promiser, manifest: flipped(manifest) };
    expect(isPromised(leafHash(u32(11)), receipt.promise, poll)).toBe(false);
    const other = { ...promiser, boardKey: newSigningKey().publicKey };
    expect(isPromised(leafHash(u32(11)), receipt.promise, other)).toBe(false);
    expect(isPromised(leafHash(u32(11)), receipt.promise.subarray(1), promiser)).toBe(false);
    expect(isPromised(leafHash(u32(11)), receipt.promise, { ...promiser, verify: () => false })).toBe(false);
  });

  it('is the same to the byte by node:crypto', () => {
    expect(node.leafHash(u32(11))).toEqual(Buffer.from(leafHash(u32(11))));
    const sign = node.promiseSigner(board.secretKey);
    expect(sign(manifest, leafHash(u32(11)))).toEqual(Buffer.from(receipt.promise));
    expect(() => sign(manifest, u32(11))).toThrow(code('hash-malformed'));
  });

  it('is over hashes only', () => {
    expect(() => promiseMessage(manifest, u32(11))).toThrow(code('hash-malformed'));
    expect(() => promiseMessage(u32(11), manifest)).toThrow(code('hash-malformed'));
  });
});

describe('a receipt', () => {
  it('survives being written and read', () => {
    expect(parseReceipt(encodeReceipt(receipt))).toEqual(receipt);
    expect(new TextDecoder().decode(encodeReceipt(receipt))).toBe(
      `{"leaf":"0000000b","manifest":"${bytesToHex(manifest)}","promise":"${bytesToHex(receipt.promise)}"}`,
    );
  });

  it('is refused in any other form', () => {
    const valid = JSON.parse(new TextDecoder().decode(encodeReceipt(receipt))) as Record<string, string>;
    const { leaf: _, ...without } = valid;
    for (const value of [
      null,
      [],
      without,
      { ...valid, more: '' },
      { ...valid, leaf: '' },
      { ...valid, leaf: '0' },
      { ...valid, leaf: 'zz' },
      { ...valid, leaf: 'AB' },
      { ...valid, leaf: '00'.repeat(65_537) },
      { ...valid, promise: '00'.repeat(63) },
      { ...valid, manifest: '00'.repeat(33) },
    ]) {
      expect(() => parseReceipt(canonicalJson(value))).toThrow(code('receipt-malformed'));
    }
    expect(() => parseReceipt(utf8ToBytes(JSON.stringify(valid, null, 1)))).toThrow(
      code('receipt-malformed'),
    );
    expect(() => parseReceipt(new Uint8Array(0))).toThrow(code('receipt-malformed'));
  });

  it('is honoured by a board that has its leaf', async () => {
    for (const [leaf, index] of [
      [0, 0],
      [11, 11],
      [19, 19],
    ] as const) {
      const finding = findReceipt(promised(u32(leaf)), promiser, tree.leafHashes(20), tree.head(20));
      expect(finding).toEqual({ outcome: 'honoured', index });
    }
    const proof = await tree.inclusion(11, 20);
    requireReceiptIncluded(receipt, { index: 11, proof }, tree.head(20));
    expect(() => requireReceiptIncluded(promised(u32(12)), { index: 11, proof }, tree.head(20))).toThrow(
      code('root-differs'),
    );
  });

  it('is not honoured by a board that lacks it', () => {
    const missing = promised(u32(20));
    expect(findReceipt(missing, promiser, tree.leafHashes(20), tree.head(20))).toEqual({
      outcome: 'unhonoured',
    });
  });

  it('of another poll, or without a promise, is none', () => {
    const find = (of: typeof receipt) => findReceipt(of, promiser, tree.leafHashes(20), tree.head(20));
    expect(find({ ...receipt, promise: flipped(receipt.promise) })).toEqual({ outcome: 'invalid' });
    expect(find({ ...receipt, manifest: flipped(manifest) })).toEqual({ outcome: 'invalid' });
    expect(find({ ...receipt, leaf: u32(12) })).toEqual({ outcome: 'invalid' });
  });

  it('is not judged by leaves that are not those of the checkpoint', () => {
    for (const hashes of [
      tree.leafHashes(19),
      [...tree.leafHashes(20), leafHash(u32(20))],
      tree.leafHashes(20).toReversed(),
    ]) {
      expect(() => findReceipt(receipt, promiser, hashes, tree.head(20))).toThrow(code('root-differs'));
    }
    let given = 0;
    function* endless() {
      for (; given < 10_000; given++) yield leafHash(u32(given));
    }
    expect(() => findReceipt(receipt, promiser, endless(), tree.head(20))).toThrow(code('root-differs'));
    expect(given).toBe(20);
  });
});

describe('complaints', () => {
  it('survive being written and read', () => {
    const complaints = [1, 2].map((at) => promised(u32(at))).map(({ leaf, promise }) => ({ leaf, promise }));
    expect(parseComplaints(encodeComplaints(complaints))).toEqual(complaints);
    expect(parseComplaints(encodeComplaints([]))).toEqual([]);
    for (const value of [{}, [{}], [{ leaf: '00' }], [{ leaf: '00', promise: '00' }]]) {
      expect(() => parseComplaints(canonicalJson(value))).toThrow(code('receipt-malformed'));
    }
  });

  it('are valid with the promise of the board for their leaf', () => {
    expect(isValidComplaint(receipt, promiser)).toBe(true);
    expect(isValidComplaint({ ...receipt, leaf: u32(12) }, promiser)).toBe(false);
    expect(isValidComplaint({ ...receipt, promise: flipped(receipt.promise) }, promiser)).toBe(false);
  });
});
