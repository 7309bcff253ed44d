import type { Play } from '@talkoot/cli';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatedStack } from './operated-stack.ts';
import type { OperatedStack } from './operated-stack.ts';
import { remainsOf, unexpectedIn } from './remains.ts';
import type { Remains } from './remains.ts';

const processes = [
  'identity',
  'auditor',
  'witness',
  'ballots',
  'projects',
  'payments',
  'worker',
  'kafka',
  'mongod',
  'temporal',
];

/** What holds whatever is killed: the same pilot undisturbed and under each seed, on one stack. */
export function chaosRules(seeds: readonly number[], plan: (full: Play['plan']) => Play['plan']): void {
  let operated: OperatedStack;
  let undisturbed: string;
  const chaotic = new Map<number, { result: string; kills: readonly string[] }>();
  let payouts: number;
  let remains: Remains;

  beforeAll(async () => {
    operated = await operatedStack();
    const quiet = await operated.play('quiet', { plan });
    undisturbed = quiet.result;
    for (const seed of seeds) {
      chaotic.set(seed, await operated.play(`chaos-${seed}`, { plan, chaosSeed: seed }).catch(withLog));
    }
    payouts = (JSON.parse(undisturbed) as { payouts: unknown[] }).payouts.length;
    remains = await remainsOf(operated.stack);
  }, 3_600_000);
  afterAll(() => operated?.stop());

  // The logs go with the stack: what they say about a failure is told with it.
  const withLog = async (cause: unknown): Promise<never> => {
    throw new Error(['a pilot under chaos failed', ...(await unexpectedIn(operated.stack))].join('\n'), {
      cause,
    });
  };

  describe.each(seeds)('a pilot whose processes are killed in turn by seed %i', (seed) => {
    it('meets the loss of each process', () => {
      expect(new Set(chaotic.get(seed)!.kills)).toEqual(new Set(processes));
    });

    it('ends in the same bytes as one that nothing happened to', () => {
      expect(chaotic.get(seed)!.result).toBe(undisturbed);
    });
  });

  describe('all these pilots together', () => {
    it('pay no obligation twice', () => {
      expect(payouts).toBeGreaterThan(0);
      expect(remains.settlements.length).toBe(payouts * (seeds.length + 1));
      expect(new Set(remains.settlements)).toEqual(new Set([1]));
    });

    it('lose no vote', () => {
      expect(remains.voters).toBeGreaterThan(30 * seeds.length);
      expect(remains.certificates).toEqual([remains.voters, remains.voters]);
      expect(remains.unpublished).toBe(0);
    });

    it('lose no event and no command', () => {
      const { recorded, published, deadLetters, dropped } = remains;
      expect(recorded.length).toBeGreaterThan(200 * seeds.length);
      expect(recorded.filter((key) => !published.has(key))).toEqual([]);
      expect(published.size).toBe(recorded.length);
      expect(deadLetters).toBe(0);
      expect(dropped).toEqual([]);
    });

    it('meet no error that a service did not expect', () => {
      expect(remains.unexpected).toEqual([]);
    });
  });
}
