import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { nodeHash } from '../node/merkle.hash.ts';
import { newSigningKey } from '../signature/ed25519.ts';
import {
  checkpointText,
  cosignNote,
  encodeArchive,
  encodeNote,
  parseArchive,
  parseCheckpoint,
  quorumOf,
  requireStanding,
  RootReplay,
  signCheckpoint,
  signNote,
} from './index.ts';
import type { NoteSignature, SignedCheckpoint } from './index.ts';
import { NumberedTree } from './tree.fixture.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const tree = new NumberedTree(40);
const origin = 'ballots.example/2026/parks';
const boardKey = newSigningKey();
const log = { name: origin, publicKey: boardKey.publicKey };
const keys = ['auditor.example', 'university.example', 'press.example', 'court.example'].map((name) => ({
  name,
  ...newSigningKey(),
}));
const witnesses = keys.map(({ name, publicKey }) => ({ name, publicKey }));
const signed = (size: number) => signCheckpoint({ origin, ...tree.head(size) }, boardKey.secretKey);

function cosignedBy(checkpoint: SignedCheckpoint, count: number, time = 1_780_000_000): SignedCheckpoint {
  const { text, signatures } = checkpoint.note;
  const added = keys.slice(0, count).map(({ name, secretKey }) => cosignNote(text, name, secretKey, time));
  return { ...checkpoint, note: { text, signatures: [...signatures, ...added] } };
}

function withLines(checkpoint: SignedCheckpoint, ...lines: NoteSignature[]): SignedCheckpoint {
  const { text, signatures } = checkpoint.note;
  return { ...checkpoint, note: { text, signatures: [...signatures, ...lines] } };
}

describe('a checkpoint', () => {
  it('survives being written and read', () => {
    for (const size of [0, 1, 40]) {
      const checkpoint = cosignedBy(signed(size), 2);
      const read = parseCheckpoint(encodeNote(checkpoint.note));
      expect(read).toMatchObject({ origin, size });
      expect(read.root).toEqual(tree.root(size));
      expect(encodeNote(read.note)).toEqual(encodeNote(checkpoint.note));
    }
  });

  it.each([
    ['a line too many', (text: string) => `${text}extension\n`],
    ['a line too few', (text: string) => text.replace(`${origin}\n`, '')],
    ['an empty line', (text: string) => `${text}\n`],
    ['no origin', (text: string) => text.replace(origin, '')],
    ['an origin with a space', (text: string) => text.replace(origin, 'the board')],
    ['a size with a leading zero', (text: string) => text.replace('\n40\n', '\n040\n')],
    ['a size with a sign', (text: string) => text.replace('\n40\n', '\n+40\n')],
    ['a size that is none', (text: string) => text.replace('\n40\n', '\n4e1\n')],
    ['a size beyond 2^53', (text: string) => text.replace('\n40\n', '\n9007199254740992\n')],
    ['a root that is short', (text: string) => text.replace(/\n.*\n$/, '\nAAAA\n')],
    ['a root that is not base64', (text: string) => text.replace(/=\n$/, '\n')],
  ])('is refused with %s', (_, change) => {
    const text = change(checkpointText({ origin, ...tree.head(40) }));
    const note = { text, signatures: [signNote(text, origin, boardKey.secretKey)] };
    expect(() => parseCheckpoint(encodeNote(note))).toThrow(code('checkpoint-malformed'));
  });

  it('is not made of what it could not say', () => {
    const head = tree.head(1);
    expect(() => checkpointText({ origin: 'a b', ...head })).toThrow(code('checkpoint-malformed'));
    expect(() => checkpointText({ ...head, origin, size: 1.5 })).toThrow(code('size-invalid'));
    expect(() => checkpointText({ ...head, origin, root: head.root.subarray(1) })).toThrow(
      code('hash-malformed'),
    );
  });
});

describe('a checkpoint stands', () => {
  const policy = { log, witnesses };

  it('when the board and more than half of the witnesses signed it', () => {
    expect([1, 2, 3, 4, 5].map((count) => quorumOf(numbered(count)))).toEqual([1, 2, 2, 3, 3]);
    expect(requireStanding(cosignedBy(signed(40), 3), policy)).toEqual(
      keys.slice(0, 3).map(({ name }) => ({ name, time: 1_780_000_000 })),
    );
    expect(() => requireStanding(cosignedBy(signed(40), 2), policy)).toThrow(code('witnesses-too-few'));
  });

  it('not when the board did not sign it, whoever else did', () => {
    const checkpoint = cosignedBy(signed(40), 4);
    const note = { text: checkpoint.note.text, signatures: checkpoint.note.signatures.slice(1) };
    expect(() => requireStanding({ ...checkpoint, note }, policy)).toThrow(code('signature-missing'));
  });

  it('not for another board', () => {
    const other = signCheckpoint({ origin: 'other.example', ...tree.head(3) }, boardKey.secretKey);
    expect(() => requireStanding(cosignedBy(other, 4), policy)).toThrow(code('origin-differs'));
  });

  it('whatever strangers add, who count for nothing', () => {
    const { text } = signed(40).note;
    const stranger = newSigningKey().secretKey;
    const lines = [
      cosignNote(text, 'stranger.example', stranger, 1),
      cosignNote(text, keys[3]!.name, stranger, 1),
      // A witness's key under another name.
      cosignNote(text, 'alias.example', keys[3]!.secretKey, 1),
    ];
    expect(requireStanding(withLines(cosignedBy(signed(40), 3), ...lines), policy)).toHaveLength(3);
    expect(() => requireStanding(withLines(cosignedBy(signed(40), 2), ...lines), policy)).toThrow(
      code('witnesses-too-few'),
    );
  });

  it('not with a signature of a witness that does not hold', () => {
    const line = cosignNote(signed(39).note.text, keys[3]!.name, keys[3]!.secretKey, 1);
    expect(() => requireStanding(withLines(cosignedBy(signed(40), 3), line), policy)).toThrow(
      code('signature-invalid'),
    );
  });

  it('not by witnesses that are one and the same', () => {
    const [first, ...rest] = witnesses;
    const checkpoint = cosignedBy(signed(40), 4);
    for (const list of [[], [first!, first!], [first!, { ...first!, name: 'alias' }, ...rest]]) {
      expect(() => requireStanding(checkpoint, { log, witnesses: list })).toThrow(code('witnesses-invalid'));
    }
  });

  it('by the verification that is given', () => {
    const never = { ...policy, verify: () => false };
    expect(() => requireStanding(cosignedBy(signed(40), 4), never)).toThrow(code('signature-invalid'));
  });

  function numbered(count: number) {
    return Array.from({ length: count }, (_, at) => ({ name: `w${at}`, publicKey: Uint8Array.of(at) }));
  }
});

describe('an archive of checkpoints', () => {
  it('survives being written and read', () => {
    const archive = encodeArchive([1, 5, 40].map((size) => cosignedBy(signed(size), 4)));
    expect(parseArchive(archive).map(({ size }) => size)).toEqual([1, 5, 40]);
    expect(encodeArchive(parseArchive(archive))).toEqual(archive);
    expect(parseArchive(new Uint8Array(0))).toEqual([]);
  });

  it('is refused unless every note is followed by a line of %', () => {
    const archive = new TextDecoder().decode(encodeArchive([signed(1), signed(2)]));
    for (const text of [archive.slice(0, -1), archive.slice(0, -3), '%\n']) {
      expect(() => parseArchive(utf8ToBytes(text))).toThrow(code('archive-malformed'));
    }
    expect(() => parseArchive(utf8ToBytes(archive.replace('%\n', '')))).toThrow(code('checkpoint-malformed'));
    expect(() => parseArchive(utf8ToBytes(archive.replace('%\n', '%\n%\n')))).toThrow(
      code('checkpoint-malformed'),
    );
    expect(() => parseArchive(Uint8Array.of(0xff))).toThrow(code('archive-malformed'));
  });
});

describe('a replay of a log', () => {
  /** What a replay finds, by either hash of nodes. */
  function replay(checkpoints: readonly { size: number; root: Uint8Array }[], leaves = 40) {
    const [slow, fast] = [new RootReplay(checkpoints), new RootReplay(checkpoints, nodeHash)];
    for (const hash of tree.leafHashes(leaves)) for (const replay of [slow, fast]) replay.append(hash);
    const found = slow.finish();
    expect(fast.finish()).toMatchObject({ problems: found.problems, size: found.size });
    expect(bytesToHex(fast.finish().root)).toBe(bytesToHex(found.root));
    return found;
  }

  it('finds nothing in an honest archive', () => {
    const honest = [0, 1, 1, 17, 31, 32, 40].map((size) => tree.head(size));
    expect(replay(honest)).toEqual({ ...tree.head(40), problems: [] });
    expect(replay([])).toEqual({ ...tree.head(40), problems: [] });
  });

  it('finds every checkpoint that does not fit, each by its place', () => {
    const [one, other] = [tree.head(12), { size: 12, root: tree.root(13) }];
    expect(replay([tree.head(5), other, tree.head(40)]).problems).toEqual([
      { code: 'root-differs', position: 1 },
    ]);
    expect(replay([one, other]).problems).toEqual([{ code: 'root-differs', position: 1 }]);
    expect(replay([tree.head(20), one, tree.head(40)]).problems).toEqual([
      { code: 'size-fell', position: 1 },
    ]);
    expect(replay([tree.head(20), tree.head(40), one], 30).problems).toEqual([
      { code: 'leaves-missing', position: 1 },
      { code: 'size-fell', position: 2 },
    ]);
    expect(replay([tree.head(20), tree.head(40), tree.head(19)], 18).problems).toEqual([
      { code: 'leaves-missing', position: 0 },
      { code: 'leaves-missing', position: 1 },
      { code: 'size-fell', position: 2 },
    ]);
    expect(replay([tree.head(0), { size: 0, root: tree.root(1) }], 0).problems).toEqual([
      { code: 'root-differs', position: 1 },
    ]);
  });
});
