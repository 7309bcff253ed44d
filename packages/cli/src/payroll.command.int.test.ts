import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { registerPayees } from './payees.command.ts';
import { registerPayroll } from './payroll.command.ts';
import { paymentsStandIn, run } from './payroll/payments.fixture.ts';
import { atTerminal } from './terminal.fixture.ts';

const at = '2027-03-01T09:00:00.000Z';
const receipt = {
  obligationId: 'obl-1',
  run: 'R1',
  date: '2027-03-15',
  currency: 'EUR',
  gross: 100,
  withheld: 30,
  net: 70,
  employerCost: 20,
  status: 'paid',
};
const exception = {
  exceptionId: 'exc-1',
  code: 'amount-differs',
  receipt,
  uncovered: null,
  at,
  state: 'open',
  note: null,
};
const payee = {
  payeeId: 'per-1',
  method: 'bank',
  masked: 'FI•• •••• 0785',
  verification: { result: 'match', checkedAt: at },
  change: {
    changeId: 'chg-1',
    masked: 'DE•• •••• 3000',
    requestedAt: at,
    toldAt: at,
    approvedAt: null,
    coolsOffAt: '2027-03-04T09:00:00.000Z',
    verification: null,
  },
  registeredUntil: '2027-12-31',
  nationalIdGiven: false,
  erasureAskedAt: null,
  changedAt: at,
  sharedWith: 1,
  changeSharedWith: null,
  registration: 'YTJ',
  changeRequestedBy: 'per-clerk',
  changeEvidence: 'Contract 7',
  changeApprovedBy: null,
  erasedAt: null,
};
const account = {
  changeId: 'chg-0',
  masked: 'FI•• •••• 0785',
  requestedBy: 'per-clerk',
  requestedAt: at,
  toldAt: at,
  approvedBy: 'per-approver',
  approvedAt: at,
  since: at,
};
const { employerCost: _cost, status: _status, ...income } = receipt;
const earned = { ...income, payeeNumber: '004711', payeeRole: 'civil-servant', nationalId: '+10190-123' };
const csv = 'reference,obligationId\nT1-1,obl-1\n';
const taken = { settled: 1, rejected: 0, duplicates: 2, exceptions: [] };

let folder = '';
let service: Awaited<ReturnType<typeof paymentsStandIn>>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'talkoot-payroll-'));
  service = await paymentsStandIn({
    'GET /batches/bat-1/payroll.csv': csv,
    'GET /batches/bat-1/payroll': {
      batchId: 'bat-1',
      sha256: 'a'.repeat(64),
      period: '2027-03',
      total: { amount: 0, currency: 'EUR' },
      lines: [],
    },
    'POST /payroll/receipts.csv': { ...taken, exceptions: [exception] },
    'POST /payroll/receipts': taken,
    'GET /payroll/exceptions': { items: [exception], next: null },
    'POST /payroll/exceptions/exc-1/closed': { ...exception, state: 'closed', note: 'Mended' },
    'GET /payroll/receipts': { items: [receipt], next: null },
    'GET /payroll/income-report': { items: [earned, { ...earned, nationalId: null }], next: null },
    'GET /payees/per-1/accounts': { items: [account], next: null },
    'PUT /payees/per-1/national-id': payee,
    'PUT /me/payee/national-id': payee,
    'PUT /me/payee': payee,
    'GET /payees': { items: [payee], next: null },
    'GET /payees/per-1': payee,
    'PUT /payees/per-1/account': payee,
    'PUT /payees/per-1/verification': payee,
    'PUT /payees/per-1/prepayment-registration': payee,
    'POST /payees/per-1/change/approval': payee,
    'POST /payees/per-1/change/refusal': {
      type: 'urn:talkoot:problem:account-change-unknown',
      title: 'No such new account waits',
      status: 409,
      code: 'account-change-unknown',
    },
    'POST /me/payee/erasure': { state: 'waiting', because: 'payment-may-return', notBefore: at },
  });
});
afterEach(() => {
  process.exitCode = undefined;
});
afterAll(async () => {
  service.close();
  await rm(folder, { recursive: true });
});
const payroll = (...words: string[]) => run(registerPayroll, service.url, ['payroll', ...words]);
const payees = (...words: string[]) => run(registerPayees, service.url, ['payees', ...words]);
const asked = () => service.asked.at(-1)!;

describe('talkoot payroll', () => {
  it('prints the file, or writes a new one that only its owner reads', async () => {
    expect(await payroll('export', 'bat-1')).toBe(csv);
    expect(asked().token).toBe('Bearer a-session');
    expect(JSON.parse(await payroll('export', 'bat-1', '--json'))).toMatchObject({ period: '2027-03' });
    const out = join(folder, 'wages.csv');
    await payroll('export', 'bat-1', '--out', out);
    expect(await readFile(out, 'utf8')).toBe(csv);
    await expect(payroll('export', 'bat-1', '--out', out)).rejects.toMatchObject({ code: 'EEXIST' });
  });

  it('takes receipts in as they are, and ends with 1 when one was put aside', async () => {
    const table = join(folder, 'receipts.csv');
    await writeFile(table, 'obligationId;run\n');
    expect(await payroll('import', table)).toContain('1 settled, 0 rejected, 2 known before, 1 put aside');
    expect(asked()).toMatchObject({ body: 'obligationId;run\n', key: expect.any(String) });
    expect(process.exitCode).toBe(1);
    process.exitCode = undefined;
    const list = join(folder, 'receipts.json');
    await writeFile(list, JSON.stringify([receipt]));
    expect(JSON.parse(await payroll('import', list, '--json'))).toEqual(taken);
    expect(JSON.parse(asked().body)).toEqual({ receipts: [receipt] });
    expect(process.exitCode).toBeUndefined();
    await writeFile(list, '{');
    await expect(payroll('import', list)).rejects.toMatchObject({ code: 'receipts-malformed' });
  });

  it('lists what was put aside, and takes down what became of it', async () => {
    const line = 'exc-1  open  amount-differs  run R1  obl-1  gross 100 withheld 30 net 70 EUR\n';
    expect(await payroll('exceptions', '--state', 'open')).toBe(line);
    expect(asked().path).toContain('state=open');
    expect(await payroll('close', 'exc-1', '--note', 'Mended')).toContain('closed');
    expect(JSON.parse(asked().body)).toEqual({ note: 'Mended' });
  });

  it('shows receipts that were taken in', async () => {
    const said = await payroll('receipts', '--obligation', 'obl-1', '--run', 'R1');
    expect(said).toBe('2027-03-15  paid  run R1  obl-1  gross 100 withheld 30 net 70 EUR\n');
    expect(asked().path).toContain('obligationId=obl-1&run=R1');
  });

  it('writes the income report for nobody else to read, nothing of it on the terminal, and never over another one', async () => {
    const out = join(folder, 'income.csv');
    const report = () => payroll('income-report', '--year', '2027', '--out', out);
    const said = await report();
    expect(said).toContain('2 payments of 2027');
    expect(said).not.toContain('10190');
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    const [header, first, second] = (await readFile(out, 'utf8')).split('\r\n');
    expect(header).toBe('payeeNumber,nationalId,payeeRole,obligationId,run,date,currency,gross,withheld,net');
    expect(first).toBe("004711,'+10190-123,civil-servant,obl-1,R1,2027-03-15,EUR,100,30,70");
    expect(second).toBe('004711,,civil-servant,obl-1,R1,2027-03-15,EUR,100,30,70');
    await expect(report()).rejects.toMatchObject({ code: 'file-exists' });
  });

  it('leaves no half of an income report when the service stops answering', async () => {
    const out = join(folder, 'half.csv');
    const elsewhere = ['payroll', 'income-report', '--year', '2027', '--out', out, '-m', 'other'];
    await expect(run(registerPayroll, `${service.url}/nowhere`, elsewhere)).rejects.toMatchObject({
      code: 'not-found',
    });
    expect(existsSync(out)).toBe(false);
  });
});

describe('talkoot payees', () => {
  it('shows how a payee is paid, and what waits', async () => {
    const text = await payees('list', '--awaiting', 'approval');
    expect(text).toContain('per-1  bank FI•• •••• 0785, the bank said match');
    expect(text).toContain('new account DE•• •••• 3000 (chg-1)');
    expect(text).toContain('by per-clerk, from Contract 7');
    expect(text).toContain('waits for approval; paid to from 2027-03-04T09:00:00.000Z on');
    expect(text).toContain('the same account as 1 other');
    expect(asked().path).toContain('awaiting=approval');
    expect(JSON.parse(await payees('show', 'per-1', '--json'))).toEqual(payee);
  });

  it('says what clerks, approvers and payees decide', async () => {
    const iban = 'FI2112345600000785';
    await payees('enter', 'per-1', iban, '--name', 'Builder Ltd', '--evidence', 'Contract 7');
    expect(JSON.parse(asked().body)).toEqual({ name: 'Builder Ltd', iban, evidence: 'Contract 7' });
    await payees('verify', 'per-1', 'close-match', '--change', 'chg-1', '--at', at);
    expect(JSON.parse(asked().body)).toEqual({ result: 'close-match', checkedAt: at, changeId: 'chg-1' });
    await payees('register', 'per-1', '--until', '2027-12-31', '--evidence', 'YTJ');
    expect(JSON.parse(asked().body)).toEqual({ until: '2027-12-31', evidence: 'YTJ' });
    await payees('approve', 'per-1', 'chg-1');
    expect(JSON.parse(asked().body)).toEqual({ changeId: 'chg-1' });
    expect(await payees('erase')).toBe(`waiting, payment-may-return, ${at}\n`);
  });

  it('takes what is secret from the environment or the terminal, without showing it, and prints none of it', async () => {
    const iban = 'FI2112345600000785';
    const enter = ['enter', 'per-1', '--name', 'Builder Ltd', '--evidence', 'Contract 7'];
    const { done, shown } = await atTerminal(iban, () => payees(...enter));
    expect(JSON.parse(asked().body)).toEqual({ name: 'Builder Ltd', iban, evidence: 'Contract 7' });
    expect(done + shown).not.toContain(iban);
    vi.stubEnv('TALKOOT_IBAN', iban);
    await payees('pay-me', '--name', 'Aino', '--town', 'Lintula', '--country', 'FI');
    expect(JSON.parse(asked().body)).toEqual({
      method: 'bank',
      name: 'Aino',
      iban,
      address: { town: 'Lintula', country: 'FI' },
    });
    vi.stubEnv('TALKOOT_NATIONAL_ID', '010190-123A');
    expect(await payees('national-id', 'per-1')).not.toContain('010190');
    expect(asked()).toMatchObject({
      path: '/payees/per-1/national-id',
      body: JSON.stringify({ nationalId: '010190-123A' }),
    });
    vi.stubEnv('TALKOOT_NATIONAL_ID', '010190-123A');
    await payees('national-id');
    expect(asked().path).toBe('/me/payee/national-id');
    await expect(payees('national-id')).rejects.toMatchObject({ code: 'secret-missing' });
  });

  it('refuses an address without a town before it asks anybody', async () => {
    const before = service.asked.length;
    vi.stubEnv('TALKOOT_IBAN', 'FI2112345600000785');
    const half = payees('pay-me', '--name', 'Aino', '--street', 'Katu');
    await expect(half).rejects.toMatchObject({ code: 'address-incomplete' });
    expect(service.asked).toHaveLength(before);
  });

  it('tells through whom an account came that is paid to', async () => {
    const said = await payees('accounts', 'per-1');
    expect(said).toContain('FI•• •••• 0785  paid to since');
    expect(said).toContain(`entered ${at} by per-clerk, approved ${at} by per-approver`);
  });

  it('asks whoever sits at a terminal whether they mean it before it erases', async () => {
    const before = service.asked.length;
    await expect(atTerminal('hm', () => payees('erase'))).rejects.toMatchObject({ code: 'not-meant' });
    expect(service.asked).toHaveLength(before);
    const { done } = await atTerminal('yes', () => payees('erase'));
    expect(done).toContain('waiting');
  });

  it('says a refusal of the service by its code', async () => {
    const refused = payees('refuse', 'per-1', 'chg-1', '--because', 'holder-denies');
    await expect(refused).rejects.toMatchObject({
      code: 'account-change-unknown',
      message: 'account-change-unknown: No such new account waits',
    });
  });
});
