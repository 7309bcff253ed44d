import fc from 'fast-check';
import { expect, test } from 'vitest';
import { afterExit, usualPolicy as policy } from './restart.ts';

const served = { exitsInARow: 0, everReady: true };
const neverServed = { exitsInARow: 0, everReady: false };

function delaysOf(exits: number, ranFor: number): number[] {
  const delays: number[] = [];
  let history = served;
  for (let exit = 0; exit < exits; exit += 1) {
    const decision = afterExit(history, ranFor, policy);
    if (decision.kind === 'give up') break;
    delays.push(decision.delay);
    history = decision.history as typeof served;
  }
  return delays;
}

test('waits twice as long after each exit in a row', () => {
  expect(delaysOf(4, 0)).toEqual([200, 400, 800, 1_600]);
});

test('starts over with the shortest wait once a process was stable', () => {
  expect(delaysOf(4, policy.stableAfter)).toEqual([200, 200, 200, 200]);
});

test('never waits longer than the bound, and never gives up what once served', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 20_000 }), { maxLength: 60 }), (runs) => {
      let history: Parameters<typeof afterExit>[0] = served;
      for (const ranFor of runs) {
        const decision = afterExit(history, ranFor, policy);
        if (decision.kind === 'give up') throw new Error('gave up');
        expect(decision.delay).toBeGreaterThanOrEqual(policy.firstDelay);
        expect(decision.delay).toBeLessThanOrEqual(policy.longestDelay);
        history = decision.history;
      }
    }),
  );
});

test('gives up a process that exits again and again without ever serving', () => {
  let history = neverServed;
  for (let exit = 1; exit < policy.startAttempts; exit += 1) {
    const decision = afterExit(history, 0, policy);
    if (decision.kind === 'give up') throw new Error('gave up too early');
    history = decision.history as typeof neverServed;
  }
  expect(afterExit(history, 0, policy)).toEqual({ kind: 'give up' });
});
