import type { Explanation } from '@talkoot/api-contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { serviceStandIn, written } from './service/service.fixture.ts';
import { registerWhy } from './why.command.ts';

const explanation: Explanation = {
  kind: 'obligation',
  id: 'obl-1',
  result: '180.00 EUR, settled',
  amount: { amount: 18_000, currency: 'EUR' },
  parts: [
    {
      title: 'Score, vote and what they come to',
      lines: ['f(S): min(1, 1 × 0.6) = 0.6', 'payable: ⌊1000.00 EUR × 0.6 × 100%⌋ = 600.00 EUR'],
      sources: [
        { kind: 'charter', id: 'pil-1', sha256: 'c'.repeat(64) },
        { kind: 'poll', id: 'pol-b-1', sha256: null },
      ],
    },
    {
      title: 'Attempt 1: settled',
      lines: ['bank reference: BANK-77'],
      sources: [{ kind: 'bank-message', id: 'BANK-77', sha256: null }],
    },
  ],
};
const why = (...words: string[]) => written(registerWhy, ['why', ...words, '-m', 'lintula']);
let service: Awaited<ReturnType<typeof serviceStandIn>>;

beforeEach(async () => {
  const of = (kind: string, id: string) => ({ body: { ...explanation, kind, id } });
  service = await serviceStandIn({
    'GET /v1/m/lintula/obligations/obl-1/explanation': { body: explanation },
    'GET /v1/m/lintula/bonus-decisions/bon-1/explanation': of('bonus-decision', 'bon-1'),
    'GET /v1/m/lintula/batches/bat-1/explanation': of('batch', 'bat-1'),
    'GET /v1/m/lintula/spending/spe-1/explanation': of('spending', 'spe-1'),
    'GET /v1/m/lintula/outcome-decisions/out-1/explanation': of('outcome-decision', 'out-1'),
    'GET /v1/m/lintula/assessments/asm-1/explanation': of('assessment', 'asm-1'),
  });
  vi.stubEnv('PROJECTS_URL', service.url);
  vi.stubEnv('PAYMENTS_URL', service.url);
  vi.stubEnv('TALKOOT_TOKEN', 'the-token');
});
afterEach(() => {
  vi.unstubAllEnvs();
  service.close();
});

test('prints each line, and under it where it can be checked', async () => {
  expect(await why('obl-1')).toBe(
    [
      'obligation obl-1: 180.00 EUR, settled',
      '',
      'Score, vote and what they come to',
      '  f(S): min(1, 1 × 0.6) = 0.6',
      '  payable: ⌊1000.00 EUR × 0.6 × 100%⌋ = 600.00 EUR',
      `    see charter pil-1 (SHA-256 ${'c'.repeat(12)}…)`,
      '    see poll pol-b-1',
      '',
      'Attempt 1: settled',
      '  bank reference: BANK-77',
      '',
    ].join('\n'),
  );
  expect(service.asked).toMatchObject([{ authorization: 'Bearer the-token' }]);
});

test('prints the answer itself for programs', async () => {
  expect(JSON.parse(await why('obl-1', '--json'))).toEqual(explanation);
});

test.each(['bon-1', 'bat-1', 'spe-1', 'out-1', 'asm-1'])('finds out by its id what %s is', async (id) => {
  expect(await why(id)).toContain(` ${id}: `);
});

test('follows an entry of the ledger by the trace of auditors', async () => {
  service.close();
  const line = {
    account: 'payable',
    side: 'credit',
    amount: { amount: 18_000, currency: 'EUR' },
    own: true,
  };
  const step = {
    at: '2027-01-01T10:00:00.000Z',
    fiscalYear: 2027,
    kind: 'bonus-awarded',
    transactionId: 'bonus-awarded/bon-1',
    lines: [line],
  };
  const trace = { obligation: null, computation: [], steps: [step], attempts: [] };
  service = await serviceStandIn({
    'GET /v1/m/lintula/ledger/trace?id=bonus-awarded%2Fbon-1%2F0002': { body: trace },
  });
  vi.stubEnv('PAYMENTS_URL', service.url);
  const said = await why('bonus-awarded/bon-1/0002');
  expect(said).toMatch(/^entry bonus-awarded\/bon-1\/0002: of nobody in particular\n/);
  expect(said).toMatch(/\* credit\W+payable\W+180\.00 EUR/);
});

test('asks without a token where nobody signed in', async () => {
  vi.stubEnv('TALKOOT_TOKEN', '');
  await why('bon-1');
  expect(service.asked).toMatchObject([{ authorization: undefined }]);
});

test('signs in somebody of a local stack, where one password serves for everybody', async () => {
  service.close();
  service = await serviceStandIn({
    'GET /v1/sign-in': { type: 'text/html', body: 'a form' },
    'POST /v1/sign-in': { body: { token: 'of-the-clerk', expiresAt: '2099-01-01T00:00:00.000Z' } },
    'GET /v1/m/lintula/obligations/obl-1/explanation': { body: explanation },
  });
  for (const name of ['IDENTITY_URL', 'PROJECTS_URL', 'PAYMENTS_URL']) vi.stubEnv(name, service.url);
  vi.stubEnv('DEV_PASSWORD', 'one-for-all');
  expect(await why('obl-1', '--as', 'finance-clerk')).toContain('obligation obl-1: 180.00 EUR, settled');
  expect(service.asked).toMatchObject([
    { authorization: undefined },
    { body: 'username=finance-clerk.lintula&password=one-for-all' },
    { authorization: 'Bearer of-the-clerk' },
  ]);
  service.close();
  service = await serviceStandIn({});
  vi.stubEnv('IDENTITY_URL', service.url);
  await expect(why('obl-1', '--as', 'nobody')).rejects.toMatchObject({ code: 'sign-in-failed' });
});

test('says plainly what it cannot do', async () => {
  await expect(why('pil-1')).rejects.toMatchObject({
    code: 'id-unknown',
    message: expect.stringContaining('obl-'),
  });
  await expect(why('obligation')).rejects.toMatchObject({ code: 'id-unknown' });
  await expect(why('obl-2')).rejects.toMatchObject({
    code: 'not-found',
    message: expect.stringContaining('as whom you are signed in (TALKOOT_TOKEN'),
  });
  vi.stubEnv('TALKOOT_MUNICIPALITY', '');
  await expect(written(registerWhy, ['why', 'obl-1'])).rejects.toMatchObject({
    code: 'municipality-missing',
  });
  service.close();
  vi.stubEnv('PAYMENTS_URL', 'http://127.0.0.1:9');
  await expect(why('obl-1')).rejects.toMatchObject({ code: 'unreachable' });
});
