import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredBallot } from './ballot.store.ts';
import { takeIn } from './casting.ts';
import type { CastOutcome, Gate } from './gate.ts';

interface Row {
  confirmed?: true;
  counted?: true;
  withdrawn?: true;
}

/** The database as the stores use it: each operation is atomic, and a scheduler decides which comes next. */
function databaseOf(scheduler: fc.Scheduler) {
  const rows = new Map<string, Row>();
  const turn = () => scheduler.schedule(Promise.resolve());
  const state: { gate: Gate } = { gate: 'open' };
  return {
    rows,
    gates: {
      async stateOf() {
        await turn();
        return state.gate;
      },
    },
    ballots: {
      async insert({ receipt }: StoredBallot) {
        await turn();
        if (rows.has(receipt)) return 'taken' as const;
        rows.set(receipt, {});
        return 'stored' as const;
      },
      async confirm(_poll: string, receipt: string) {
        await turn();
        const row = rows.get(receipt);
        if (!row || row.withdrawn) return false;
        row.confirmed = true;
        return true;
      },
      async find(_poll: string, receipt: string) {
        await turn();
        const row = rows.get(receipt);
        return row && !row.withdrawn ? { counted: row.counted ?? false, replaced: false } : null;
      },
      async withdraw(receipt: string) {
        await turn();
        const row = rows.get(receipt);
        if (!row || row.confirmed || row.counted) return false;
        row.withdrawn = true;
        return true;
      },
    },
    async closeAndSeal() {
      await turn();
      state.gate = 'closed';
      await turn();
      state.gate = 'sealed';
      for (const row of rows.values()) if (!row.withdrawn) row.counted = true;
    },
  };
}

const ballotOf = (receipt: string): StoredBallot => ({
  receipt,
  poll: 'pol-1',
  publicKey: receipt,
  certificates: [],
  sequence: 1,
  signature: '',
  vote: { choices: [] },
});

describe('taking in a ballot while the poll closes', () => {
  it('counts all that were accepted and none that was refused, in any order of events', async () => {
    const senders = fc.array(fc.constantFrom('one', 'one', 'two'), { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), senders, async (scheduler, receipts) => {
        const database = databaseOf(scheduler);
        const answers: { receipt: string; outcome: CastOutcome }[] = [];
        const send = async (receipt: string) => {
          const gate = await database.gates.stateOf();
          answers.push({ receipt, outcome: await takeIn(database, gate, ballotOf(receipt)) });
        };
        const work = Promise.all([...receipts.map(send), database.closeAndSeal()]);
        await scheduler.waitFor(work);
        for (const { receipt, outcome } of answers) {
          const counted = database.rows.get(receipt)?.counted ?? false;
          if (outcome === 'accepted') expect(counted).toBe(true);
          if (outcome === 'refused-closed') expect(counted).toBe(false);
          // Whoever was not told asks again, and then is.
          const again = scheduler.waitFor(takeIn(database, 'sealed', ballotOf(receipt)));
          expect(await again).toBe(counted ? 'accepted' : 'refused-closed');
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
