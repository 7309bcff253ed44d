import { readFileSync } from 'node:fs';
import { allocate, electionOf, parsePabulib } from '@talkoot/allocation';
import type { AllocationRule, Election } from '@talkoot/allocation';
import { allocateSlowly } from '@talkoot/allocation/testing';
import { serve } from '../side/serve.ts';
import type { Decided } from './pabutools.ts';
import { syntheticElection } from './synthetic.election.ts';

const elections = new Map<string, Election>();
let synthetic: Election | undefined;

function electionFrom(path: string): Election {
  const election = elections.get(path) ?? electionOf(parsePabulib(readFileSync(path)));
  elections.set(path, election);
  return election;
}

function timed(work: () => readonly string[]): Decided {
  const begun = performance.now();
  const selected = work();
  return { milliseconds: performance.now() - begun, selected: selected.toSorted() };
}

serve(
  {
    decide: (path: string, rule: AllocationRule) =>
      timed(() => allocate({ ...electionFrom(path), rule }).selected),

    decideSlowly: (path: string, rule: AllocationRule) =>
      timed(() => allocateSlowly({ ...electionFrom(path), rule }).selected),

    /** Has a synthetic election ready, and says what an increment of a tenth of an endowment is. */
    invent(votes: number, projects: number): number {
      synthetic = syntheticElection({ votes, projects });
      return Math.max(1, Math.floor(synthetic.budget / votes / 10));
    },

    decideInvented(rule: AllocationRule) {
      if (!synthetic) throw new Error('no synthetic election yet');
      const election = synthetic;
      return timed(() => allocate({ ...election, rule }).selected).milliseconds;
    },
  },
  async () => undefined,
);
