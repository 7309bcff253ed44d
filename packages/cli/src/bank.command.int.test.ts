import { Command } from 'commander';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { registerBank } from './bank.command.ts';

const euros = (amount: number) => ({ amount, currency: 'EUR' });
const at = '2027-05-26T10:00:00.000Z';
const sha256 = 'a'.repeat(64);

const bankFile = {
  batchId: 'bat-1',
  messageId: 'B1',
  sha256,
  bytes: 9,
  payments: 3,
  controlSum: euros(1_250),
  debtorAccountId: 'acc-1',
  madeBy: 'per-1',
  madeAt: at,
  expiresAt: at,
  downloads: [],
};
const item = {
  suspenseId: 'sus-1',
  code: 'second-booking',
  alarm: true,
  endToEndId: 'T1',
  way: 'out',
  amount: euros(500),
  reference: 'D1',
  reasonCode: null,
  messageFileId: 'bms-1',
  at,
  state: 'proposed',
  proposal: { resolution: { as: 'not-ours' }, reason: { id: 'txt-1', sha256 }, by: 'per-1', sha256, at },
  confirmedBy: null,
  resolvedAt: null,
};
const dismissal = (confirmedBy: string | null) => ({
  ...{ reason: { id: 'txt-1', sha256 }, by: 'per-1', sha256, at },
  confirmedBy,
});
const message = (state: 'taken-in' | 'quarantined' | 'dismissed', confirmedBy?: string | null) => ({
  messageFileId: 'bms-1',
  messageId: 'S1',
  namespace: 'urn:x',
  sha256,
  state,
  code: state === 'taken-in' ? null : 'version-unknown',
  dismissal: confirmedBy === undefined ? null : dismissal(confirmedBy),
  settled: 2,
  rejected: 1,
  returned: 0,
  duplicates: 0,
  unbooked: 0,
  suspense: 1,
  importedBy: 'per-1',
  at,
});
const figure = (amount: number, ledger = amount) => ({
  recorded: { payments: 1, amount: euros(amount) },
  ledger: euros(ledger),
  agrees: amount === ledger,
});
const period = (ledger: number) => ({
  from: at,
  to: at,
  currencies: [
    {
      currency: 'EUR',
      instructed: figure(900),
      settled: figure(900, ledger),
      rejected: figure(0),
      returned: figure(0),
      inTransit: figure(0),
      suspense: figure(0),
      bank: euros(900),
      agrees: ledger === 900,
    },
  ],
  agrees: ledger === 900,
});

/** What the payments service answers, by method and the end of the path; a string is a problem's code. */
const answers: Record<string, unknown> = {
  'POST /batches/bat-1/bank-file': bankFile,
  'POST /batches/bat-2/bank-file': 'debtor-account-missing',
  'GET /batches/bat-1/bank-file.xml': '<pain/>',
  'GET /suspense': { items: [item], next: null },
  'POST /suspense/sus-1/proposal': item,
  'POST /suspense/sus-1/confirmation': { ...item, state: 'resolved', confirmedBy: 'per-2' },
  'GET /bank/messages': { items: [message('quarantined')], next: null },
  'POST /bank/messages/bms-1/dismissal-proposal': message('quarantined', null),
  'POST /bank/messages/bms-1/dismissal': message('dismissed', 'per-2'),
  'GET /bank/reconciliation': period(900),
};

describe('talkoot bank', () => {
  let folder = '';
  let service: Server;
  let asked: { method: string; path: string; query: string; body: string }[] = [];
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'talkoot-bank-'));
    service = createServer((request, response) => {
      let body = '';
      request.on('data', (part) => (body += part));
      request.on('end', () => {
        const path = request.url!.replace('/v1/m/lintula', '').replace(/\?.*/, '');
        asked.push({
          method: request.method!,
          path,
          query: URL.parse(request.url!, 'http://x')!.search,
          body,
        });
        const imported = {
          fresh: true,
          message: message(body.includes('odd') ? 'quarantined' : 'taken-in'),
          suspense: [item],
        };
        const answer = path === '/bank/messages' && body ? imported : answers[`${request.method} ${path}`];
        const isProblem = typeof answer === 'string' && !answer.startsWith('<');
        const problem = { type: 'urn:x', title: 'No account to pay from', status: 409, code: answer };
        response.statusCode = isProblem ? 409 : request.method === 'POST' ? 201 : 200;
        const type = isProblem
          ? 'application/problem+json'
          : path.endsWith('.xml')
            ? 'application/xml'
            : 'application/json';
        response.setHeader('content-type', type);
        response.end(
          isProblem ? JSON.stringify(problem) : typeof answer === 'string' ? answer : JSON.stringify(answer),
        );
      });
    }).listen(0, '127.0.0.1');
    await once(service, 'listening');
  });
  afterAll(async () => {
    service.close();
    await rm(folder, { recursive: true });
  });

  beforeEach(() => {
    asked = [];
    vi.stubEnv('TALKOOT_MUNICIPALITY', 'lintula');
    vi.stubEnv('TALKOOT_TOKEN', 'token');
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
    process.exitCode = undefined;
  });

  /** Runs the command in this process; what it throws `runCommand` would tell in one line. */
  async function run(...args: string[]) {
    const program = new Command().exitOverride();
    registerBank(program);
    let stdout = '';
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      stdout += String(text);
      return true;
    });
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const given = args.includes('--url') ? args : [...args, '--url', url];
    await program.parseAsync(['bank', ...given], { from: 'user' }).finally(() => vi.restoreAllMocks());
    return { stdout, exitCode: process.exitCode };
  }

  it('export writes the payment file for nobody else to read, and never over another one', async () => {
    const out = join(folder, 'pain.xml');
    const { stdout } = await run('export', 'bat-1', '--out', out);
    expect(await readFile(out, 'utf8')).toBe('<pain/>');
    expect((await stat(out)).mode & 0o777).toBe(0o600);
    expect(stdout).toContain('3 payments, 12.50 EUR');
    expect(stdout).toContain(sha256);
    await expect(run('export', 'bat-1', '--out', out)).rejects.toMatchObject({ code: 'file-exists' });
  });
  it('export says in one line why there is no file, and what to do', async () => {
    const out = join(folder, 'none.xml');
    await expect(run('export', 'bat-2', '--out', out)).rejects.toMatchObject({
      code: 'debtor-account-missing',
      message: expect.stringMatching(/^debtor-account-missing: .*account propose.*$/),
    });
    expect(existsSync(out)).toBe(false);
  });
  it('import sends the file as it is, tells what came of it and shouts at money paid twice', async () => {
    const file = join(folder, 'camt.xml');
    await writeFile(file, '<camt>ä</camt>');
    const { stdout } = await run('import', file);
    expect(asked[0]).toMatchObject({ method: 'POST', body: '<camt>ä</camt>' });
    expect(stdout).toContain('2 settled, 1 rejected');
    expect(stdout).toContain('!! sus-1  second-booking  5.00 EUR left');
    expect(stdout).toContain('call the bank today');
    const { stdout: json } = await run('import', file, '--json');
    expect(JSON.parse(json)).toMatchObject({ fresh: true, message: { settled: 2 } });
  });
  it('import ends with 1 when the file goes into quarantine, or is none', async () => {
    const file = join(folder, 'odd.xml');
    await writeFile(file, '<odd/>');
    const { stdout, exitCode } = await run('import', file);
    expect([exitCode, stdout.includes('version-unknown')]).toEqual([1, true]);
    await writeFile(file, Buffer.from([0xff, 0xfe, 0x3c]));
    await expect(run('import', file)).rejects.toMatchObject({ code: 'bank-file-hostile' });
    await expect(run('import', join(folder, 'no'))).rejects.toMatchObject({ code: 'ENOENT' });
    expect(asked).toHaveLength(1);
  });
  it('suspense, resolve and confirm are the way of an item through two people', async () => {
    const listed = (await run('suspense')).stdout;
    expect(listed).toContain('!! sus-1');
    expect(listed).toContain(`proposed by per-1: not-ours\n    sha256 ${sha256}`);
    const { stdout } = await run('resolve', 'sus-1', '--matched', 'att-1', 'att-2', '--reason', 'They rang');
    expect(JSON.parse(asked.at(-1)!.body)).toEqual({
      resolution: { as: 'matched', attemptIds: ['att-1', 'att-2'] },
      reason: 'They rang',
    });
    expect(stdout).toContain(`talkoot bank confirm sus-1 --sha256 ${sha256}`);
    expect((await run('confirm', 'sus-1', '--sha256', sha256)).stdout).toContain('resolved');
    expect(JSON.parse(asked.at(-1)!.body)).toEqual({ proposalSha256: sha256 });
  });
  it('quarantine, dismiss and confirm are the way of an answer that needs nothing through two people', async () => {
    expect((await run('quarantine')).stdout).toContain('bms-1  version-unknown  urn:x');
    const { stdout } = await run('dismiss', 'bms-1', '--reason', 'A test of the bank');
    expect(asked.at(-1)).toMatchObject({ path: '/bank/messages/bms-1/dismissal-proposal' });
    expect(JSON.parse(asked.at(-1)!.body)).toEqual({ reason: 'A test of the bank' });
    expect(stdout).toContain('to be dismissed, says per-1, quarantined');
    expect(stdout).toContain(`talkoot bank confirm bms-1 --sha256 ${sha256}`);
    expect((await run('confirm', 'bms-1', '--sha256', sha256)).stdout).toContain('dismissed');
    expect(asked.at(-1)).toMatchObject({ path: '/bank/messages/bms-1/dismissal' });
    await run('quarantine', '--dismissed');
    expect(asked.at(-1)!.query).toBe('?state=dismissed');
  });
  it('resolve names the contract that was paid, and how much of the money, exactly', async () => {
    await run('resolve', 'sus-1', '--receivable', 'oct-1', '--amount', '12.50', '--reason', 'They wrote');
    const { resolution } = JSON.parse(asked.at(-1)!.body) as { resolution: object };
    expect(resolution).toEqual({ as: 'receivable', contractId: 'oct-1', amount: euros(1_250) });
    const wrong = run('resolve', 'sus-1', '--receivable', 'oct-1', '--amount', '12.505', '--reason', 'x');
    await expect(wrong).rejects.toMatchObject({ code: 'amount-malformed' });
  });
  it('resolve says of a payment that came back what a bank kept of it', async () => {
    await run('resolve', 'sus-1', '--returned', 'att-1', '--fee', '5', '--reason', 'It wrote');
    const { resolution } = JSON.parse(asked.at(-1)!.body) as { resolution: object };
    expect(resolution).toEqual({ as: 'returned', attemptId: 'att-1', fee: euros(500) });
    const without = run('resolve', 'sus-1', '--returned', 'att-1', '--reason', 'x');
    await expect(without).rejects.toMatchObject({ code: 'amount-malformed' });
  });
  it.each([[[]], [['--noted', '--not-ours']]])(
    'resolve asks for exactly one answer, not %j',
    async (named) => {
      await expect(run('resolve', 'sus-1', ...named, '--reason', 'x')).rejects.toMatchObject({
        code: 'resolution-unclear',
      });
      expect(asked).toEqual([]);
    },
  );
  it('reconcile ends with 1 when a cent differs', async () => {
    expect((await run('reconcile')).stdout).toContain('agree to the cent');
    answers['GET /bank/reconciliation'] = period(899);
    const { stdout, exitCode } = await run('reconcile', '--json');
    expect([exitCode, JSON.parse(stdout).agrees]).toEqual([1, false]);
  });
  it('asks whose money it is and who is signed in', async () => {
    await expect(run('suspense', '--url', 'ftp://x')).rejects.toMatchObject({ code: 'address-malformed' });
    vi.stubEnv('TALKOOT_TOKEN', '');
    await expect(run('suspense')).rejects.toMatchObject({ code: 'token-missing' });
    vi.stubEnv('TALKOOT_MUNICIPALITY', '');
    await expect(run('suspense')).rejects.toMatchObject({ code: 'municipality-missing' });
    expect(asked).toEqual([]);
  });
});
