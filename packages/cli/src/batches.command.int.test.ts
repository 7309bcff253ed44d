import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { registerBatches } from './batches.command.ts';
import { paymentsStandIn, run } from './payroll/payments.fixture.ts';
import { atTerminal } from './terminal.fixture.ts';

const at = '2027-03-01T09:00:00.000Z';
const sha256 = `abcdef12${'0'.repeat(56)}`;
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const batch = {
  batchId: 'bat-1',
  pilotId: 'pil-1',
  state: 'proposed',
  sha256,
  total: euros(1_250),
  lines: 1,
  proposedBy: 'per-clerk',
  approvedBy: null,
  releasedBy: null,
  proposedAt: at,
};
const line = {
  obligationId: 'obl-1',
  attemptId: 'att-1',
  endToEndId: 'T1-1',
  payeeId: 'per-1',
  payeeRole: 'champion',
  method: 'bank',
  masked: 'FI•• •••• 0785',
  verification: { result: 'match', checkedAt: at },
  warnings: ['account-shared'],
  amount: euros(1_250),
  state: 'batched',
};
const lifecycle = {
  kind: 'batch',
  id: 'bat-1',
  phase: 'proposed',
  awaiting: 'payout-approver',
  wait: 'approval',
  since: at,
  dueAt: at,
  overdue: true,
  suspended: false,
  step: 1,
};
const decided = (phase: string, awaiting: string | null) => ({
  lifecycleId: 'bat-1',
  phase,
  step: 2,
  awaiting,
  dueAt: null,
});
const owed = (obligationId: string) => ({
  obligationId,
  projectId: 'prj-1',
  pilotId: 'pil-1',
  decisionId: 'dec-1',
  payeeId: 'per-1',
  payeeRole: 'champion',
  amount: euros(1_250),
  state: 'due',
  fiscalYear: 2027,
  costCentre: '4100',
  account: '401500',
  vatCode: '00',
  closedBecause: null,
  reason: null,
  cancellation: null,
  attempts: [],
  dueSince: at,
  version: 1,
});
const file = {
  batchId: 'bat-1',
  messageId: 'B1',
  sha256,
  bytes: 9,
  payments: 3,
  controlSum: euros(1_250),
  debtorAccountId: 'acc-1',
  madeBy: 'per-clerk',
  madeAt: at,
  expiresAt: at,
  downloads: [{ by: 'per-clerk', at }],
};
const changed = {
  type: 'urn:talkoot:problem:hash-mismatch',
  title: 'This is not what was signed',
  status: 409,
  code: 'hash-mismatch',
};

let service: Awaited<ReturnType<typeof paymentsStandIn>>;
beforeAll(async () => {
  service = await paymentsStandIn({
    'GET /batches': { items: [batch], next: null },
    'GET /batches/bat-1': { batch, lines: [line], lifecycle },
    'GET /batches/bat-1/bank-file': file,
    'POST /batches': batch,
    'GET /obligations': { items: [owed('obl-1'), owed('obl-2')], next: null },
    'POST /batches/bat-1/approval': decided('approved', 'payout-releaser'),
    'POST /batches/bat-1/release': decided('released', null),
    'POST /batches/bat-1/refusal': decided('refused', null),
    'POST /batches/bat-2/approval': changed,
  });
});
afterAll(() => service.close());
const batches = (...words: string[]) => run(registerBatches, service.url, ['batches', ...words]);
const asked = () => service.asked.at(-1)!;
const body = () => JSON.parse(asked().body) as unknown;

describe('talkoot batches', () => {
  it('lists batches, and shows one with its payments, masked, what to look at, and who is awaited', async () => {
    expect(await batches('list', '--state', 'proposed', '--pilot', 'pil-1')).toContain(
      'bat-1  proposed    1 payment, 12.50 EUR  pil-1',
    );
    expect(asked().path).toContain('state=proposed&pilotId=pil-1');
    const shown = await batches('show', 'bat-1');
    expect(shown).toContain('obl-1  12.50 EUR  champion per-1  bank FI•• •••• 0785 (the bank said match)');
    expect(shown).toContain('!! account-shared');
    expect(shown).toContain(`awaited: payout-approver, until ${at}, OVERDUE`);
    expect(shown).toContain(`SHA-256 ${sha256}`);
  });

  it('tells of its payment file what an auditor compares with the one at the bank', async () => {
    const said = await batches('file', 'bat-1');
    expect(said).toContain(`message B1: 3 payments, 12.50 EUR, made ${at} by per-clerk`);
    expect(said).toContain(`SHA-256 ${sha256}\n    taken ${at} by per-clerk`);
    await expect(batches('file', 'bat-2')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('proposes named obligations, or all that is due in a pilot but some', async () => {
    const said = await batches('propose', 'obl-1', 'obl-2');
    expect(body()).toEqual({ obligationIds: ['obl-1', 'obl-2'] });
    expect(asked().key).toEqual(expect.any(String));
    expect(said).toContain('talkoot batches approve bat-1');
    await batches('propose', '--pilot', 'pil-1', '--except', 'obl-1');
    expect(body()).toEqual({ obligationIds: ['obl-2'] });
    expect(service.asked.at(-2)!.path).toMatch(/pilotId=pil-1&dueBefore=/);
    const before = service.asked.length;
    await expect(batches('propose')).rejects.toMatchObject({ code: 'obligations-or-pilot' });
    await expect(batches('propose', 'obl-1', '--pilot', 'pil-1')).rejects.toMatchObject({
      code: 'obligations-or-pilot',
    });
    expect(service.asked).toHaveLength(before);
    const none = batches('propose', '--pilot', 'pil-1', '--except', 'obl-1', 'obl-2');
    await expect(none).rejects.toMatchObject({ code: 'nothing-due' });
  });

  it.each([
    ['approve', 'approval', 'bat-1 is approved; awaited: payout-releaser'],
    ['release', 'release', 'bat-1 is released'],
  ])('%s signs the hash of what was shown, once its beginning is typed', async (name, path, says) => {
    const { done, shown } = await atTerminal('ABCDEF12', () => batches(name, 'bat-1'));
    expect(shown).toContain('obl-1  12.50 EUR');
    expect(shown).toContain(`SHA-256 ${sha256}`);
    expect(asked()).toMatchObject({ method: 'POST', path: `/batches/bat-1/${path}` });
    expect(body()).toEqual({ batchSha256: sha256 });
    expect(done).toContain(says);
  });

  it('signs nothing for whoever types something else, or reads nothing', async () => {
    const before = service.asked.length;
    const typed = atTerminal('yes', () => batches('approve', 'bat-1'));
    await expect(typed).rejects.toMatchObject({ code: 'not-signed' });
    await expect(batches('approve', 'bat-1')).rejects.toMatchObject({ code: 'hash-missing' });
    expect(service.asked.slice(before).filter(({ method }) => method === 'POST')).toEqual([]);
  });

  it('signs the hash that a program gives, and says by its code when the batch is another one', async () => {
    expect(JSON.parse(await batches('approve', 'bat-1', '--sha256', sha256, '--json'))).toMatchObject({
      phase: 'approved',
    });
    await expect(batches('approve', 'bat-2', '--sha256', sha256)).rejects.toMatchObject({
      code: 'hash-mismatch',
    });
  });

  it('refuses a batch with a reason', async () => {
    expect(await batches('refuse', 'bat-1', '--reason', 'The account is closed')).toContain('refused');
    expect(body()).toEqual({ reason: 'The account is closed' });
  });
});
