import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerOutcome } from './outcome.command.ts';

const examples = join(import.meta.dirname, '../../impact/schemas/examples');
const example = (name: string, results = 'results') => [
  join(examples, name, 'terms.json'),
  join(examples, name, `${results}.json`),
];
async function decide(...args: string[]) {
  const written: string[] = [];
  const refused: string[] = [];
  const program = new Command('talkoot').exitOverride();
  registerOutcome(program);
  const command = program.commands[0]!.commands[0]!;
  command.exitOverride().configureOutput({ writeErr: (text) => refused.push(text) });
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  try {
    await program.parseAsync(['outcome', 'decide', ...args], { from: 'user' });
    return { code: undefined, stdout: written.join(''), stderr: '' };
  } catch (error) {
    return { code: (error as { code: string }).code, stdout: written.join(''), stderr: refused.join('') };
  } finally {
    spy.mockRestore();
  }
}

const program = join(import.meta.dirname, 'talkoot.ts');
/** As a process of its own. */
const started = (...args: string[]) =>
  promisify(execFile)(process.execPath, [program, 'outcome', 'decide', ...args]).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({
      code,
      stdout,
      stderr,
    }),
  );

describe('talkoot outcome decide', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talkoot-outcome-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const written = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };

  it('prints amount, currency, reason, subtotals and computation for programs', async () => {
    const { code, stdout } = await decide(...example('utah-preschool'), '--json');
    expect(code).toBeUndefined();
    expect(JSON.parse(stdout)).toEqual({
      amount: '266950.00',
      currency: 'USD',
      reason: 'paid',
      subtotals: [{ group: null, payer: 'county', payee: 'lender', amount: '266950', paid: '266950.00' }],
      open: [],
      computation: expect.arrayContaining(['success-payment (Share of the savings): 281000 × 0.95 = 266950']),
      lines: [{ payment: 'success-payment', amount: '266950', paid: '266950.00' }],
    });
  });

  it('tells an investor what is paid, to whom and why', async () => {
    const capped = await decide(...example('educate-girls'));
    expect(capped.stdout).toContain(
      'Pays 394696.78 USD: with a cent more investors would earn more than the cap',
    );
    expect(capped.stdout).toContain(
      'gain (Learning gain of a pupil): (7300 × 0.76 + 7300 × 1.8) ÷ 14600 = 1.28',
    );
    expect(capped.stdout).toMatch(/enrolment-payment .* ≈ 69688\.31 .* 60626\.98/);
    const owed = await decide(...example('dc-water', 'results-below'));
    expect(owed.stdout).toContain('Pays nothing: 3300000.00 USD is owed by the payee.');
    const waiting = await decide(...example('peterborough', 'results-cohort-1'));
    expect(waiting.stdout).toContain('Pays nothing yet: it hangs on numbers that are not known yet.');
  });

  it('refuses with a code, and prints nothing else', async () => {
    const [terms, results] = example('dc-water') as [string, string];
    const refused = async (code: string, ...args: [string, string]) =>
      expect(await decide(...args, '--json')).toEqual({
        code,
        stdout: '',
        stderr: expect.stringMatching(`^${code}: `),
      });
    await refused('terms-malformed', results, results);
    await refused('results-malformed', terms, terms);
    await refused('terms-malformed', await written('none.json', '{'), results);
    await refused('results-malformed', terms, await written('long.json', ' '.repeat(1024 * 1024 + 1)));
    await refused('input-missing', terms, await written('empty.json', '{"inputs":{}}'));
  });

  const contract = (change: object = {}) => ({
    title: 'A contract',
    currency: 'EUR',
    inputs: [{ id: 'a', title: 'a', unit: 'people' }],
    measures: [],
    payments: [
      { kind: 'tariff', id: 'jobs', title: 'Jobs', payer: 'town', payee: 'fund', tariff: '5', count: 'a' },
    ],
    rounding: 'half-even',
    ...change,
  });
  const tiers = (to: object, from: object) => ({
    payments: [
      {
        ...{ kind: 'tiers', id: 'jobs', title: 'Jobs', payer: 'town', payee: 'fund', measure: 'a' },
        tiers: [
          { to, pays: '0' },
          { from, pays: '9' },
        ],
      },
    ],
  });
  const at = (value: string, included: boolean) => ({ at: value, included });
  const slips: [slip: string, terms: string, results: string, says: RegExp][] = [
    [
      'a gap',
      JSON.stringify(contract(tiers(at('5', false), at('5', false)))),
      '',
      /^tiers-gap: jobs: no tier has 5$/,
    ],
    [
      'an overlap',
      JSON.stringify(contract(tiers(at('5', true), at('5', true)))),
      '',
      /^tiers-overlap: jobs: tiers overlap at 5$/,
    ],
    [
      'a field that there is not',
      JSON.stringify(contract({ capp: '5' })),
      '',
      /^terms-malformed: the whole: there is no capp here$/,
    ],
    [
      'a number in place of text',
      JSON.stringify(contract()),
      '{"inputs":{"a":12.5}}',
      /^results-malformed: inputs\.a: write "12\.5"$/,
    ],
    [
      'a number in place of text in the terms',
      JSON.stringify(contract({ amountCap: { amount: 400, over: 'contract' } })),
      '',
      /^terms-malformed: amountCap\.amount: write "400"$/,
    ],
    ['no JSON', '{"title": "A contract",}', '', /^terms-malformed: this is not JSON: line 1, column 24: /],
    ['an empty file', '', '', /^terms-malformed: this is not JSON: line 1, column 1: /],
    ['another kind of JSON', '[]', '', /^terms-malformed: the whole: write an object in braces$/],
    [
      'no results',
      JSON.stringify(contract()),
      'null',
      /^results-malformed: the whole: write an object in braces$/,
    ],
    [
      'a key twice',
      '{"title": "a", "title": "b"}',
      '',
      /^key-repeated: line 1, column 16: title is stated twice$/,
    ],
    ['an input left out', JSON.stringify(contract()), '{"inputs":{}}', /^input-missing: a: /],
  ];

  it.each(slips)(
    'tells a newcomer of %s in one coded line, with or without --json',
    async (_, first, second, says) => {
      const paths = [
        await written('slip.json', first),
        await written('slip-results.json', second || '{"inputs":{"a":"1"}}'),
      ];
      for (const more of [[], ['--json']]) {
        const { stdout, stderr } = await decide(...paths, ...more);
        expect(stdout).toBe('');
        expect(stderr.trimEnd().split('\n')).toEqual([expect.stringMatching(says)]);
      }
    },
  );

  it('as a program exits with 0, or with 1, a code and nothing on its output', async () => {
    const [terms, results] = example('dc-water') as [string, string];
    const [decided, ...refused] = await Promise.all([
      started(terms, results, '--json'),
      started(results, results),
      started(terms, join(folder, 'missing.json')),
      started(folder, results, '--json'),
    ]);
    expect([decided.code, decided.stderr, JSON.parse(decided.stdout).amount]).toEqual([0, '', '0.00']);
    const oneLine = [
      'terms-malformed: .*',
      `file-unreadable: .*no such file.*'${folder}/missing.json'`,
      `file-unreadable: .*directory.*'${folder}'`,
    ];
    expect(refused).toEqual(
      oneLine.map((line) => ({
        code: 1,
        stdout: '',
        stderr: expect.stringMatching(new RegExp(`^${line}\\n$`)),
      })),
    );
  });

  it('says who pays whom before the sum of different people, and what is still open', async () => {
    const line = (id: string, payer: string, payee: string, amount: string) => ({
      ...{ kind: 'fixed', id, title: id, payer, payee, amount },
    });
    const terms = {
      title: 'Two towns',
      currency: 'EUR',
      inputs: [{ id: 'a', title: 'a', unit: 'EUR' }],
      measures: [],
      payments: [
        line('one', 'lohja', 'fund', '127376.31'),
        line('two', 'kemio', 'fund', '-6093.00'),
        line('three', 'kemio', 'school', 'a'),
      ],
      rounding: 'half-even',
    };
    const paths = [
      await written('towns.json', JSON.stringify(terms)),
      await written('towns-results.json', '{"inputs":{"a":null}}'),
    ];
    const { stdout } = await decide(...paths);
    expect(stdout.split('\n').slice(1, 4)).toEqual([
      'lohja pays fund 127376.31 EUR; fund owes kemio 6093.00 EUR; kemio pays school nothing.',
      'Net of all: 121283.31 EUR.',
      '1 payment is still open: three.',
    ]);
    expect(JSON.parse((await decide(...paths, '--json')).stdout).open).toEqual(['three']);
  });

  it('marks as about only what is no exact decimal', async () => {
    const { stdout } = await decide(...example('innovation-fund'));
    expect(stdout.split('Why this amount')[0]).not.toContain('≈');
  });

  it('refuses a key that is stated twice, and tells mistakes of JSON by line and column', async () => {
    const [terms, results] = example('dc-water') as [string, string];
    const told = async (message: RegExp, ...paths: [string, string]) =>
      expect((await decide(...paths)).stderr).toMatch(message);
    const twice = await written('twice.json', '{"inputs": {\n  "a": "1",\n  "\\u0061": "2"}}');
    await told(/^key-repeated: line 3, column 3: a is stated twice/, terms, twice);
    await told(/^key-repeated: /, await written('terms-twice.json', '{"a": [{"b": 1, "b": 1}]}'), results);
    const comma = await written('comma.json', '{\n  "inputs": {},\n}');
    await told(/^results-malformed: this is not JSON: line 3, column 1: /, terms, comma);
    const deep = await written('deep.json', `${'['.repeat(100_000)}${']'.repeat(100_000)}`);
    await told(/^results-malformed: this is not JSON: it is nested too deeply/, terms, deep);
    await writeFile(join(folder, 'utf16.json'), Buffer.from('\ufeff{}', 'utf16le'));
    await told(/^results-malformed: this is not UTF-8 text/, terms, join(folder, 'utf16.json'));
  });

  it('lets no file command the terminal', async () => {
    const [, results] = example('dc-water') as [string, string];
    const path = await written('escape.json', '{"title":"\\u001b[2J"}');
    expect((await decide(path, results)).stderr).not.toContain('\u001b');
  });
});
