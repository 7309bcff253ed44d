import {
  compareBytes,
  cosignNote,
  encodeNote,
  GrowingTree,
  hashesIn,
  leafHash,
  signCheckpoint,
} from '@talkoot/ballot-protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import { checkPapers } from './checking.ts';
import type { CheckingDesk } from './checking.ts';
import { deskTown } from './desk.fixture.ts';
import type { DeskTown } from './desk.fixture.ts';
import { enter } from './entering.ts';
import { issueAt } from './issuing.ts';

let town: DeskTown;
beforeEach(async () => {
  town = await deskTown();
  for (let voter = 0; voter < 3; voter += 1) await issueAt(town, `V-${voter}`);
});

const papers = () => [[0], [1], [2]].map((places) => town.plaintext({ type: 'approval', places })).toSorted();
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

/** A desk that looks at a board of these leaves, which so many witnesses signed. */
function looking(leaves: readonly Uint8Array[], witnesses = 3, shown = leaves) {
  const { binding, boardKey, witnessKeys, manifestBytes } = town.held;
  const hashesOf = (some: readonly Uint8Array[]) => [
    leafHash(manifestBytes),
    ...some.map((leaf) => leafHash(leaf)).toSorted(compareBytes),
  ];
  const tree = new GrowingTree();
  for (const hash of hashesOf(leaves)) tree.append(hash);
  const { origin } = binding.manifest.board;
  const { note } = signCheckpoint({ origin, size: tree.size, root: tree.root() }, boardKey.secretKey);
  const lines = witnessKeys
    .slice(0, witnesses)
    .map(({ name, key }) => cosignNote(note.text, name, key.secretKey, 1_777_000_000));
  const complaints: Uint8Array[] = [];
  const ballots = {
    getBoardCheckpoint: async () =>
      Buffer.from(encodeNote({ ...note, signatures: [...note.signatures, ...lines] })).toString(),
    getBoardTile: async () => Uint8Array.from(Buffer.concat(hashesOf(shown))),
    complain: async ({ body }: { readonly body: Uint8Array }) => {
      complaints.push(body);
      return { leafHash: '', onBoard: false };
    },
  } as CheckingDesk['ballots'];
  return { complaints, at: { ...town, ballots } };
}

describe('a desk that looks for its papers', () => {
  test('finds all that are on the board, and complains about none of them', async () => {
    await enter(town, papers());
    const { at, complaints } = looking([...town.board.values()]);
    expect(await checkPapers(at, true)).toEqual({ desk: 'library', papers: 3, onBoard: 3, complaints: 0 });
    expect(complaints).toEqual([]);
  });

  test('complains about those that are missing, only when told to, with the leaf and its promise', async () => {
    await enter(town, papers());
    const [lost, ...others] = [...town.board.values()];
    const { at, complaints } = looking(others);
    expect(await checkPapers(at, false)).toMatchObject({ onBoard: 2, complaints: 0 });
    expect(complaints).toEqual([]);
    expect(await checkPapers(at, true)).toMatchObject({ onBoard: 2, complaints: 1 });
    expect(complaints.map((body) => Buffer.from(body.subarray(0, -64)))).toEqual([Buffer.from(lost!)]);
    expect([...hashesIn(complaints[0]!.subarray(-64))]).toHaveLength(2);
  });

  test('believes no board that too few witnesses signed, nor one that shows other leaves', async () => {
    await enter(town, papers());
    const leaves = [...town.board.values()];
    await refused(checkPapers(looking(leaves, 1).at, true), 'witnesses-too-few');
    await refused(checkPapers(looking(leaves.slice(1), 3, leaves.slice(0, -1)).at, true), 'board-differs');
  });

  test('has nothing to look for before papers are promised, or with the pool of another poll', async () => {
    const { at } = looking([]);
    await refused(checkPapers(at, false), 'papers-missing');
    const nothing = { open: () => Promise.resolve(null), keep: () => Promise.resolve() };
    await refused(checkPapers({ ...at, store: nothing }, false), 'pool-missing');
    const elsewhere = { ...at, poll: { ...at.poll, pollId: 'pol-2' } };
    await refused(checkPapers(elsewhere, false), 'pool-foreign');
  });
});
