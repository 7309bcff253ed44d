import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allocate, electionOf, exportPabulib, parsePabulib } from '@talkoot/allocation';
import type { AllocationRule, PabulibExport } from '@talkoot/allocation';
import { comparedRules } from '@talkoot/allocation/testing';
import * as fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { pabutoolsOn } from './pabutools.ts';

// pabutools is under the GPL and no dependency: whoever has it names the interpreter.
const python = process.env['PABUTOOLS_PYTHON'];

const rules: Readonly<Record<string, AllocationRule>> = comparedRules;
const ids = ['a', 'b', 'c', 'd', 'e', '10', '9'];

/** Everything has a supporter: pabutools' greedy also funds what nobody voted for. */
const election: fc.Arbitrary<PabulibExport> = fc
  .record({ withPoints: fc.boolean(), used: fc.subarray(ids, { minLength: 2 }) })
  .chain(({ withPoints, used }) => {
    const ballot = fc
      .subarray(used, { minLength: 1 })
      .chain((choices) =>
        fc
          .array(fc.integer({ min: 1, max: 4 }), { minLength: choices.length, maxLength: choices.length })
          .map((points) => ({ ballotId: '', choices, ...(withPoints ? { points } : {}) })),
      );
    const project = (id: string) => fc.integer({ min: 1, max: 12 }).map((cost) => ({ id, name: id, cost }));
    return fc.record({
      meta: fc.constant({}),
      decimals: fc.constant(0),
      budget: fc.integer({ min: 1, max: 40 }),
      projects: fc.tuple(...used.map(project)),
      ballots: fc.array(ballot, { minLength: 1, maxLength: 9 }),
    });
  })
  .filter(({ projects, ballots }) =>
    projects.every(({ id }) => ballots.some(({ choices }) => choices.includes(id))),
  );

it.skipIf(python === undefined)(
  'pabutools, named by PABUTOOLS_PYTHON, selects the same on small elections full of ties',
  { timeout: 300_000 },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), 'talkoot-elections-'));
    const pabutools = pabutoolsOn(python!);
    onTestFinished(async () => {
      await pabutools.stop();
      await rm(folder, { recursive: true });
    });
    for (const [index, poll] of fc.sample(election, { numRuns: 500, seed: 2026 }).entries()) {
      const text = exportPabulib(poll);
      const path = join(folder, `${index}.pb`);
      await writeFile(path, text);
      for (const [name, rule] of Object.entries(rules)) {
        const { selected } = allocate({ ...electionOf(parsePabulib(text)), rule });
        const theirs = await pabutools.decide(path, name);
        expect({ name, text, selected: selected.toSorted() }).toEqual({
          name,
          text,
          selected: theirs.selected,
        });
      }
    }
  },
);
