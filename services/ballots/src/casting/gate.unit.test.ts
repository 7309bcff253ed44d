import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answerTo } from './gate.ts';
import type { CastAnswer, Gate, LeafState } from './gate.ts';

describe('the answer to a leaf', () => {
  const states: LeafState[] = ['waiting', 'on-board', 'taken', 'unknown'];
  const gates: Gate[] = ['open', 'closed', 'sealed', 'settled'];

  it('is a promise exactly where the leaf is on the board, or waits before an open gate', () => {
    for (const state of states) {
      for (const gate of gates) {
        const isCertain = state === 'on-board' || (state === 'waiting' && gate === 'open');
        expect(answerTo(state, gate) === 'promise').toBe(isCertain);
      }
    }
  });

  it('asks to come again only while nobody can tell', () => {
    const undecided = gates.flatMap((gate) => states.map((state) => [state, gate] as const));
    expect(undecided.filter((one) => answerTo(...one) === 'board-closing')).toEqual([['waiting', 'closed']]);
    expect(answerTo('unknown', 'closed')).toBe('poll-closed');
    expect(answerTo('waiting', 'sealed')).toBe('poll-closed');
    expect(answerTo('taken', 'open')).toBe('sequence-already-used');
  });
});

interface Row {
  batch: number;
}

/**
 * The database as the stores use it: each operation or transaction is atomic, and a scheduler decides which comes next. A
 * leaf is its key and sequence, and its name.
 */
function databaseOf(scheduler: fc.Scheduler) {
  const rows = new Map<string, Row>();
  const board: string[][] = [];
  const turn = () => scheduler.schedule(Promise.resolve());
  const state: { gate: Gate } = { gate: 'open' };
  const stateOf = (leaf: string): LeafState => {
    const row = rows.get(leaf);
    if (row) return row.batch === 0 ? 'waiting' : 'on-board';
    return [...rows.keys()].some((one) => one[0] === leaf[0]) ? 'taken' : 'unknown';
  };
  const append = (leaves: readonly string[]) => {
    board.push(leaves.toSorted());
    for (const leaf of leaves) rows.set(leaf, { batch: board.length });
  };
  const waiting = () => [...rows].filter(([, { batch }]) => batch === 0).map(([leaf]) => leaf);
  return {
    rows,
    board,
    async gate() {
      await turn();
      return state.gate;
    },
    async find(leaf: string) {
      await turn();
      return stateOf(leaf);
    },
    /** Several leaves in one write, as the writer has it. */
    async insert(leaves: readonly string[]) {
      await turn();
      return leaves.map((leaf) => {
        const before = stateOf(leaf);
        if (before === 'unknown') rows.set(leaf, { batch: 0 });
        return before === 'unknown' ? 'waiting' : before;
      });
    },
    async publishHalf() {
      await turn();
      if (state.gate !== 'open') return;
      const due = waiting();
      if (due.length >= 2) append(due.slice(0, Math.floor(due.length / 2)));
    },
    async close() {
      await turn();
      state.gate = 'closed';
      await turn();
      append(waiting());
      state.gate = 'sealed';
    },
  };
}

/** What `cast` does after the checks: the gate as it was a moment ago, the write, the gate after it. */
async function send(
  database: ReturnType<typeof databaseOf>,
  leaves: readonly string[],
  seen: Gate,
): Promise<CastAnswer[]> {
  const states =
    seen === 'open'
      ? await database.insert(leaves)
      : await Promise.all(leaves.map((leaf) => database.find(leaf)));
  const after = seen === 'open' ? await database.gate() : seen;
  return states.map((state) => answerTo(state, after));
}

describe('casting while the board closes', () => {
  it('breaks no promise, publishes nothing twice and one leaf of a key and sequence, in any order of events', async () => {
    const leaf = fc.constantFrom('a1', 'a2', 'b1', 'c1', 'd1');
    const groups = fc.array(fc.array(leaf, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 });
    // A process may have seen the gate open long before it stores.
    const stale = fc.array(fc.boolean(), { minLength: 5, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), groups, stale, async (scheduler, sent, isStale) => {
        const database = databaseOf(scheduler);
        const promised: string[] = [];
        const cast = async (group: string[], at: number) => {
          const seen = isStale[at] ? 'open' : await database.gate();
          const answers = await send(database, group, seen);
          for (const [place, answer] of answers.entries())
            if (answer === 'promise') promised.push(group[place]!);
        };
        const publishing = [database.publishHalf(), database.publishHalf(), database.close()];
        await scheduler.waitFor(Promise.all([...sent.map(cast), ...publishing]));
        const published = database.board.flat();
        expect(promised.filter((one) => !published.includes(one))).toEqual([]);
        expect(new Set(published).size).toBe(published.length);
        expect(new Set(published.map((one) => one[0])).size).toBe(published.length);
        for (const batch of database.board) expect(batch).toEqual(batch.toSorted());
        // Whoever was not told asks again, and then is.
        for (const one of sent.flat()) {
          const [answer] = await scheduler.waitFor(send(database, [one], 'sealed'));
          expect(answer === 'promise').toBe(published.includes(one));
          expect(answer).not.toBe('board-closing');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
