import { defineConfig } from 'vitest/config';
import { LongestFirst } from './tests/longest-first.sequencer.ts';

const exclude = ['**/node_modules/**'];
const minute = 60_000;

/** Each kind of test is a project: `npx vitest run --project int services/ballots`. */
export default defineConfig({
  test: {
    reporters: ['default', './tests/closing-line.reporter.ts'],
    pool: 'forks',
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
    // No test changes what its process shares, so that a process can take one file after the other.
    isolate: false,
    projects: [
      { test: { name: 'unit', include: ['**/*.unit.test.ts'], exclude, testTimeout: minute / 2 } },
      {
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude,
          globalSetup: ['deploy/local/src/testing/global-setup.ts'],
          testTimeout: minute,
          hookTimeout: 2 * minute,
        },
      },
      {
        // Each file has a time-skipping server, hence a clock, of its own.
        test: {
          name: 'workflow',
          include: ['**/*.{workflow,replay}.test.ts'],
          exclude,
          testTimeout: 2 * minute,
          hookTimeout: 2 * minute,
        },
      },
      { test: { name: 'contract', include: ['**/*.contract.test.ts'], exclude, testTimeout: minute } },
      {
        test: {
          // Each has a stack of its own and mostly waits: two at a time share a machine well.
          name: 'journey',
          include: ['**/*.journey.test.ts'],
          exclude,
          testTimeout: 30 * minute,
          hookTimeout: 10 * minute,
        },
      },
    ],
  },
});
