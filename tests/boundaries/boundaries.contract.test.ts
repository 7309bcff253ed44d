import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const planted = fileURLToPath(new URL('./planted/', import.meta.url));

interface Cruise {
  summary: { violations: { rule: { name: string }; from: string }[] };
}

async function cruise(cwd: string, ...folders: string[]): Promise<Cruise> {
  const command = [`${root}node_modules/dependency-cruiser/bin/dependency-cruise.mjs`];
  const options = ['--config', `${root}.dependency-cruiser.cjs`, '--output-type', 'json'];
  const done = await run(process.execPath, [...command, ...options, ...folders], {
    cwd,
    maxBuffer: 64e6,
  }).catch((error: { stdout: string; stderr: string }) => error);
  if (!done.stdout) throw new Error(done.stderr);
  return JSON.parse(done.stdout) as Cruise;
}

describe('import boundaries', () => {
  it('fires for each rule on a planted violation', async () => {
    const { summary } = await cruise(planted, 'services', 'packages', 'workflows');
    expect([...new Set(summary.violations.map(({ rule }) => rule.name))].sort()).toEqual([
      'kafka-behind-the-bus',
      'nothing-imports-a-service',
      'packages-look-down',
      'services-are-strangers',
    ]);
  });

  it('fires in the lint for what concerns values only, and for circles', async () => {
    const lint = [
      `${root}node_modules/oxlint/bin/oxlint`,
      '--config',
      `${root}.oxlintrc.json`,
      '--format',
      'unix',
      '.',
    ];
    const { stdout } = await run(process.execPath, lint, { cwd: planted }).catch(
      (error: { stdout: string }) => error,
    );
    expect(stdout).toMatch(/resident\.ts.*'mongoose' import is restricted/);
    expect(stdout).toMatch(/pilot\.workflow\.ts.*'node:fs' import is restricted/);
    expect(stdout).toMatch(/circle\.ts.*no-cycle/);
  });
});
