import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { EstimatesShape } from '@talkoot/impact/plan';
import { tableOf } from './impact/estimate.report.ts';

const shared = process.env['TALKOOT_SHARED'] ?? join(import.meta.dirname, '../../../../shared');
const prop99 = join(shared, 'measurement/prop99.csv');
const examples = join(import.meta.dirname, '../../impact/examples');
const example = (name: string) => join(examples, name);
const program = join(import.meta.dirname, 'talkoot.ts');

/** As a process of its own. */
const talkoot = (...args: string[]) =>
  promisify(execFile)(process.execPath, [program, 'impact', 'estimate', ...args], { timeout: 60_000 }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
const estimatesIn = (stdout: string) => EstimatesShape.parse(JSON.parse(stdout)).estimates;

describe('talkoot impact estimate', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talkoot-impact-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  it("decides on California's Proposition 99 by both comparators, and shows every step", async () => {
    expect(existsSync(prop99), `${prop99} is missing; TALKOOT_SHARED names the folder`).toBe(true);
    const { stdout, stderr } = await talkoot(example('proposition-99.plan.json'), prop99, '--json');
    expect(stderr).toBe('');
    const [synthetic, differences] = estimatesIn(stdout);
    expect(synthetic).toMatchObject({ n: 39, p: 3 / 39, standardError: expect.closeTo(10.776, 3) });
    expect(Math.abs(synthetic!.estimate + 19.51)).toBeLessThanOrEqual(0.01);
    expect(differences).toMatchObject({ n: 39, p: 4 / 39, standardError: expect.closeTo(17.519, 3) });
    expect(differences!.estimate).toBeCloseTo(-27.349, 3);
    expect(synthetic!.computation.some((line) => line.startsWith('weight of Utah: '))).toBe(true);
    expect(synthetic!.weights!.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
  });

  it('prints lines where there is no terminal, and a table where there is one', async () => {
    const files = [example('card-krueger.plan.json'), example('card-krueger.csv')];
    const { stdout } = await talkoot(...files);
    expect(stdout).toContain('employment: estimate: 2.75 employees\nemployment: standard error: 1.342341\n');
    expect(stdout).toContain('employment: assumes: The project did not reach the comparison units.\n');
    const table = tableOf(EstimatesShape.parse(JSON.parse((await talkoot(...files, '--json')).stdout)));
    expect(table).toContain('│ difference-in-differences │ 2.75');
    expect(table).toContain('  This is the effect only if:');
  });

  it.each([
    ['file-unreadable', 'none.json', 'card-krueger.csv'],
    ['plan-malformed', 'card-krueger.csv', 'card-krueger.csv'],
    ['column-unknown', 'card-krueger.plan.json', 'accidents.csv'],
  ])('ends with 1 and one line: %s', async (code, plan, data) => {
    const { code: exit, stdout, stderr } = await talkoot(example(plan), example(data));
    expect({ exit, stdout }).toEqual({ exit: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^${code}: [^\\n]+\\n$`));
  });

  it('refuses files without end', async () => {
    const plan = example('card-krueger.plan.json');
    const [endlessData, endlessPlan] = await Promise.all([
      talkoot(plan, '/dev/zero'),
      talkoot('/dev/zero', example('card-krueger.csv')),
    ]);
    for (const { code, stderr } of [endlessData, endlessPlan]) {
      expect(code).toBe(1);
      expect(stderr).toMatch(/^file-too-large: /);
    }
  });

  it('says what a faulty reading is, and prints nothing else', async () => {
    const data = join(folder, 'faulty.csv');
    await writeFile(data, 'month,accidents\n1,5\n2,NaN\n');
    const { code, stdout, stderr } = await talkoot(example('accidents.plan.json'), data, '--json');
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'number-malformed: accidents: line 3: "NaN" in "accidents" is no number\n',
    });
  });
});
