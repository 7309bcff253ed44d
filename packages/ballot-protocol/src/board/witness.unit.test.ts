import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { newSigningKey } from '../signature/ed25519.ts';
import {
  addCosignatures,
  cosignNote,
  decideCosigning,
  decideSigning,
  encodeWitnessRequest,
  noteText,
  parseSignatures,
  parseWitnessRequest,
  requireStanding,
  signatureLine,
  signCheckpoint,
} from './index.ts';
import type { TreeHead } from './index.ts';
import { NumberedTree } from './tree.fixture.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const tree = new NumberedTree(60);
/** The same log, whose leaves differ from the 20th on. */
const fork = new NumberedTree(60, (index) => utf8ToBytes(index < 20 ? '' : 'forked'));
const honest = new NumberedTree(60, () => utf8ToBytes(''));
const origin = 'ballots.example/2026/parks';
const key = newSigningKey();
const log = { name: origin, publicKey: key.publicKey };
const sign = (head: TreeHead, name = origin, secretKey = key.secretKey) =>
  signCheckpoint({ origin: name, ...head }, secretKey);

async function request(oldSize: number, size: number, from = tree) {
  return { oldSize, proof: await from.consistency(oldSize, size), checkpoint: sign(from.head(size)) };
}

describe('a witness', () => {
  it('cosigns whatever begins with all it cosigned before', async () => {
    const sizes = fc.array(fc.nat(60), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(sizes, async (list) => {
        let last: TreeHead | undefined;
        for (const size of list.toSorted((a, b) => a - b)) {
          const decision = decideCosigning(await request(last?.size ?? 0, size), { key: log, last });
          expect(decision).toEqual({ outcome: 'cosign', record: tree.head(size), replaces: last });
          last = tree.head(size);
        }
      }),
      { numRuns: 30 },
    );
  });

  const refused = { outcome: 'refuse' };

  it('refuses a log it does not know, or that did not sign', async () => {
    const asked = await request(0, 30);
    expect(decideCosigning(asked, undefined)).toEqual({ ...refused, code: 'unknown-log' });
    const other = { key: { ...log, name: 'other.example' } };
    expect(decideCosigning(asked, other)).toEqual({ ...refused, code: 'unknown-log' });
    const unsigned = { ...refused, code: 'log-unsigned' };
    const stranger = { key: { ...log, publicKey: newSigningKey().publicKey } };
    expect(decideCosigning(asked, stranger)).toEqual(unsigned);
    const broken = asked.checkpoint.note.signatures.map((line) => ({
      ...line,
      signature: line.signature.toReversed(),
    }));
    const note = { ...asked.checkpoint.note, signatures: broken };
    expect(decideCosigning({ ...asked, checkpoint: { ...asked.checkpoint, note } }, { key: log })).toEqual(
      unsigned,
    );
  });

  it('refuses a log that was set back, also once that has grown past it again', async () => {
    const known = { key: log, last: honest.head(30) };
    expect(decideCosigning(await request(10, 25, fork), known)).toEqual({
      ...refused,
      code: 'rollback',
      lastSize: 30,
    });
    expect(decideCosigning(await request(25, 40, fork), known)).toMatchObject({ code: 'old-size-stale' });
    expect(decideCosigning(await request(30, 40, fork), known)).toMatchObject({ code: 'proof-invalid' });
    // What both have in common does not help: the proof starts from what was cosigned last.
    expect(decideCosigning(await request(20, 40, fork), known)).toMatchObject({ code: 'old-size-stale' });
    expect(decideCosigning(await request(30, 40, honest), known)).toMatchObject({ outcome: 'cosign' });
  });

  it('refuses another root at the same size', async () => {
    const known = { key: log, last: honest.head(30) };
    expect(decideCosigning(await request(30, 30, fork), known)).toMatchObject({ code: 'fork' });
    const empty = { oldSize: 0, proof: [], checkpoint: sign({ size: 0, root: tree.root(1) }) };
    expect(decideCosigning(empty, { key: log })).toMatchObject({ code: 'fork' });
  });

  it('refuses a proof that does not fit', async () => {
    const known = { key: log, last: tree.head(30) };
    const asked = await request(30, 40);
    const refusal = async (change: object, name: string) =>
      expect(decideCosigning({ ...asked, ...change }, known)).toEqual({
        ...refused,
        code: name,
        lastSize: 30,
      });
    await refusal({ oldSize: 41 }, 'old-size-beyond');
    await refusal({ oldSize: 29 }, 'old-size-stale');
    await refusal({ oldSize: 0, proof: [] }, 'old-size-stale');
    await refusal({ proof: [] }, 'proof-invalid');
    await refusal({ proof: asked.proof.slice(1) }, 'proof-invalid');
    await refusal({ proof: asked.proof.with(0, tree.root(1)) }, 'proof-invalid');
    await refusal({ proof: asked.proof.with(0, new Uint8Array(31)) }, 'proof-invalid');
    expect(decideCosigning({ ...asked, oldSize: 0 }, { key: log })).toMatchObject({ code: 'proof-invalid' });
  });
});

describe('a request to a witness', () => {
  it('survives being written and read', async () => {
    for (const [oldSize, size] of [
      [0, 7],
      [30, 40],
      [40, 40],
    ] as const) {
      const asked = await request(oldSize, size);
      expect(parseWitnessRequest(encodeWitnessRequest(asked))).toEqual(asked);
    }
  });

  it('is refused in any other form', async () => {
    const valid = new TextDecoder().decode(encodeWitnessRequest(await request(30, 40)));
    const hash = valid.split('\n')[1]!;
    for (const text of [
      '',
      valid.replace('old 30', 'old 030'),
      valid.replace('old 30', 'old -1'),
      valid.replace('old 30', 'old  30'),
      valid.replace('old 30', 'new 30'),
      valid.replace('old 30', 'old 9007199254740992'),
      valid.replace('old 30\n', ''),
      valid.replace(hash, hash.slice(0, -1)),
      valid.replace(hash, hash.slice(4)),
      valid.replace(`${hash}\n`, `${hash}\n`.repeat(64)),
      valid.replace('old 30\n', 'old 30\r\n'),
    ]) {
      expect(() => parseWitnessRequest(utf8ToBytes(text))).toThrow(code('request-malformed'));
    }
    const note = utf8ToBytes(`old 30\n${hash}\n\nno note`);
    expect(() => parseWitnessRequest(note)).toThrow(code('note-malformed'));
    expect(() => parseWitnessRequest(concatBytes(new Uint8Array(100_000), note))).toThrow(
      code('request-malformed'),
    );
  });
});

describe('the answers of witnesses', () => {
  const keys = ['one', 'two', 'three'].map((name) => ({ name, ...newSigningKey() }));
  const policy = { log, witnesses: keys };
  const checkpoint = sign(tree.head(40));
  const answer = (at: number, time = 5, of = checkpoint) =>
    cosignNote(of.note.text, keys[at]!.name, keys[at]!.secretKey, time);

  it('are added to the checkpoint once each, those of strangers not at all', () => {
    const stranger = cosignNote(checkpoint.note.text, 'stranger', newSigningKey().secretKey, 5);
    const lines = parseSignatures([answer(0), stranger].map(signatureLine).join(''));
    const first = addCosignatures(checkpoint, lines, policy);
    const both = addCosignatures(first, [answer(0, 9), answer(2)], policy);
    expect(requireStanding(both, policy)).toEqual([
      { name: 'one', time: 5 },
      { name: 'three', time: 5 },
    ]);
    expect(noteText(both.note)).not.toContain('stranger');
    expect(both.note.signatures).toHaveLength(3);
  });

  it('are refused for another checkpoint', () => {
    const other = answer(0, 5, sign(tree.head(39)));
    expect(() => addCosignatures(checkpoint, [other], policy)).toThrow(code('signature-invalid'));
  });
});

describe('a log may sign', () => {
  const witnesses = ['one', 'two', 'three'].map((name) => ({ name, ...newSigningKey() }));
  const own = 30;
  /** What a witness knows, as a log with 30 leaves looks at it. */
  const knows = (witness: string, last: TreeHead) => ({
    witness,
    last,
    ownRoot: last.size <= own ? honest.root(last.size) : undefined,
  });

  it('when it contains all that more than half of the witnesses cosigned', () => {
    const answers = [knows('one', honest.head(30)), knows('three', honest.head(0))];
    expect(decideSigning(witnesses, answers)).toEqual({ outcome: 'sign' });
  });

  it('not when it is behind, as after the restoration of an old backup', () => {
    const answers = [knows('one', honest.head(30)), knows('two', honest.head(31))];
    expect(decideSigning(witnesses, answers)).toEqual({ outcome: 'refuse', code: 'behind', witness: 'two' });
  });

  it('not when it went another way', () => {
    const answers = [knows('one', fork.head(25)), knows('two', honest.head(30))];
    expect(decideSigning(witnesses, answers)).toEqual({ outcome: 'refuse', code: 'forked', witness: 'one' });
    expect(decideSigning(witnesses, [knows('one', fork.head(25))])).toMatchObject({ code: 'forked' });
  });

  it('not before more than half of the witnesses answered', () => {
    const [one, stranger] = [knows('one', honest.head(30)), knows('stranger', honest.head(30))];
    for (const answers of [[], [one], [one, one], [one, stranger]]) {
      expect(decideSigning(witnesses, answers)).toEqual({ outcome: 'refuse', code: 'witnesses-silent' });
    }
    expect(decideSigning(witnesses, [knows('stranger', fork.head(40)), one])).toMatchObject({
      code: 'witnesses-silent',
    });
  });
});
