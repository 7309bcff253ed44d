import { decodeBallot, decodeLeaf } from '@talkoot/ballot-protocol';
import { ballotOpener } from '@talkoot/ballot-protocol/node';
import { beforeEach, describe, expect, test } from 'vitest';
import { deskTown } from './desk.fixture.ts';
import type { DeskTown } from './desk.fixture.ts';
import { enter } from './entering.ts';
import { issueAt } from './issuing.ts';

let town: DeskTown;
beforeEach(async () => {
  town = await deskTown();
  for (let voter = 0; voter < 5; voter += 1) await issueAt(town, `V-${voter}`);
});

const approve = (...places: number[]) => town.plaintext({ type: 'approval', places });
const papersOf = (...papers: string[]) => papers.toSorted();
const pool = async () => (await town.store.open())!;
const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });

/** What the trustees will find on the board. */
function onBoard(): string[] {
  const { binding, secretKey } = town.held;
  const open = ballotOpener(binding, secretKey);
  return [...town.board.values()]
    .map((leaf) => {
      const opened = decodeBallot(binding.manifest, open(decodeLeaf(binding.manifest, leaf)!));
      return 'ballot' in opened ? town.plaintext(opened.ballot) : opened.rejection;
    })
    .toSorted();
}

describe('the urn of a desk', () => {
  test('is cast paper by paper, each under a key of its own, and each promise is kept', async () => {
    const papers = papersOf(approve(0), approve(0), approve(), approve(1, 2));
    expect(await enter(town, papers)).toEqual({ desk: 'library', papers: 4, cast: 4, unused: 1 });
    expect(onBoard()).toEqual(papers);
    const { entry, keys } = await pool();
    expect(entry!.leaves.every(({ promise }) => promise !== null)).toBe(true);
    expect(keys).toEqual([]);
  });

  test('leaves no key behind with which somebody could vote again', async () => {
    const before = (await pool()).keys.map(({ secretKey }) => secretKey);
    await enter(town, papersOf(approve(0)));
    const text = JSON.stringify(await pool());
    for (const secretKey of before) expect(text).not.toContain(secretKey);
  });

  test('is cast once, however often it is interrupted and repeated', async () => {
    const papers = papersOf(approve(0), approve(1), approve(2), approve(0, 1));
    for (const casts of [0, 1, 2]) {
      town.failures.castsUntilLoss = casts;
      await expect(enter(town, papers)).rejects.toThrow('the promise was lost');
    }
    town.failures.castsUntilLoss = Infinity;
    expect(await enter(town, papers)).toMatchObject({ papers: 4, cast: 1 });
    expect(await enter(town, papers)).toMatchObject({ papers: 4, cast: 0 });
    expect(onBoard()).toEqual(papers);
  });

  test('is dealt to the keys by lot', async () => {
    // A store that leaves everything in its order.
    const kept = await pool();
    const store = { open: () => Promise.resolve(kept), keep: () => Promise.resolve() };
    const { binding, secretKey } = town.held;
    const open = ballotOpener(binding, secretKey);
    const keysOfBlanks = new Set<string>();
    for (let turn = 0; turn < 20; turn += 1) {
      town.board.clear();
      await enter({ ...town, store }, papersOf(approve(), approve(1), approve(2)));
      for (const bytes of town.board.values()) {
        const leaf = decodeLeaf(binding.manifest, bytes)!;
        if (Buffer.from(open(leaf)!).toString('hex') === approve())
          keysOfBlanks.add(Buffer.from(leaf.publicKey).toString('hex'));
      }
    }
    expect(keysOfBlanks.size).toBeGreaterThan(2);
  });

  test('is refused with more papers than voters, without any, and with others than before', async () => {
    const six = Array.from({ length: 6 }, () => approve(0));
    await refused(enter(town, six), 'more-papers-than-keys');
    await refused(enter(town, []), 'papers-missing');
    expect((await pool()).keys).toHaveLength(5);
    await enter(town, papersOf(approve(0)));
    await refused(enter(town, papersOf(approve(1))), 'other-papers');
    await refused(issueAt(town, 'V-9'), 'pool-entered');
    expect(town.board.size).toBe(1);
  });

  test('is not cast from a pool of another poll, nor without one', async () => {
    const other = await deskTown();
    await refused(enter(other, [approve(0)]), 'pool-missing');
    await refused(enter({ ...other, store: town.store }, [approve(0)]), 'pool-foreign');
  });

  test('is not taken for cast when the board signs no promise', async () => {
    const ballots = {
      castBallot: async (cast: Parameters<DeskTown['ballots']['castBallot']>[0]) => {
        await town.ballots.castBallot(cast);
        return { promise: '00'.repeat(64) };
      },
    };
    await refused(enter({ ...town, ballots }, [approve(0)]), 'promise-broken');
    expect(await enter(town, [approve(0)])).toMatchObject({ cast: 1 });
  });
});
