import { defineConfig } from 'vitest/config';

const minute = 60_000;

/** Campaigns that take longer than anybody waits for: `npm run test:long`, one file at a time. */
export default defineConfig({
  test: {
    reporters: ['default', './tests/closing-line.reporter.ts'],
    pool: 'forks',
    fileParallelism: false,
    include: ['**/*.long.test.ts'],
    exclude: ['**/node_modules/**'],
    testTimeout: 60 * minute,
    hookTimeout: 10 * minute,
  },
});
