import { afterAll, beforeAll, expect, it } from 'vitest';
import { paymentsStandIn, run } from './payroll/payments.fixture.ts';
import { registerSpending } from './spending.command.ts';

const at = '2027-03-01T09:00:00.000Z';
const euros = (amount: number) => ({ amount, currency: 'EUR' });
const spent = {
  spendingId: 'spe-1',
  projectId: 'prj-1',
  amount: euros(125_000),
  state: 'recorded',
  purpose: 'Racks',
  milestoneId: null,
  invoiceReference: 'INV 7',
  procurementReference: 'P-1',
  contractor: true,
  refusal: null,
  recordedAt: at,
  decidedAt: null,
};
const money = {
  projectId: 'prj-1',
  pilotId: 'pil-1',
  fiscalYear: 2027,
  committed: euros(0),
  claimed: euros(0),
  accepted: euros(0),
  commitmentReturned: euros(0),
  reserved: euros(0),
  reserveReturned: euros(0),
  raises: [],
};
const own = {
  type: 'urn:talkoot:problem:same-person-twice',
  title: 'A second person has to do this',
  status: 409,
  code: 'same-person-twice',
};

let service: Awaited<ReturnType<typeof paymentsStandIn>>;
beforeAll(async () => {
  service = await paymentsStandIn({
    'GET /projects/prj-1/money': money,
    'GET /projects/prj-1/spending': { items: [spent], next: null },
    'POST /projects/prj-1/spending': spent,
    'POST /spending/spe-1/acceptance': { ...spent, state: 'accepted', decidedAt: at },
    'POST /spending/spe-1/refusal': { ...spent, state: 'refused', decidedAt: at },
    'POST /spending/spe-2/acceptance': own,
  });
});
afterAll(() => service.close());
const spending = (...words: string[]) => run(registerSpending, service.url, ['spending', ...words]);
const body = () => JSON.parse(service.asked.at(-1)!.body) as unknown;

it('records what a project spent, and lists what waits', async () => {
  const words = ['--purpose', 'Racks', '--procurement', 'P-1', '--contractor', 'per-9'];
  await spending('record', 'prj-1', '1250.00', ...words);
  expect(body()).toEqual({
    amount: euros(125_000),
    purpose: 'Racks',
    procurementReference: 'P-1',
    contractorId: 'per-9',
  });
  expect(await spending('list', 'prj-1')).toContain(
    'spe-1  recorded  1250.00 EUR  Racks  owed to a contractor',
  );
});

it('accepts and refuses, and says by its code why not', async () => {
  expect(await spending('accept', 'spe-1')).toContain('accepted');
  expect(await spending('refuse', 'spe-1', '--reason', 'No invoice')).toContain('refused');
  expect(body()).toEqual({ reason: 'No invoice' });
  await expect(spending('accept', 'spe-2')).rejects.toMatchObject({ code: 'same-person-twice' });
});
