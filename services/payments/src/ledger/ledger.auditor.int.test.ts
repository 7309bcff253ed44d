import { startRelay } from '@talkoot/event-bus';
import { createLog } from '@talkoot/http-service';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import {
  euros,
  instruct,
  municipalityId,
  owedProject,
  paymentsFixture,
  propose,
} from '../payments.fixture.ts';
import type { PaymentsFixture } from '../payments.fixture.ts';
import { publishHeads } from './ledger.sealing.ts';
import { settle } from '../settlement/settlement.fixture.ts';

const talkoot = fileURLToPath(new URL('../../../../packages/cli/src/talkoot.ts', import.meta.url));
const log = createLog('ledger-test', 'silent');
let fixture: PaymentsFixture;
let folder: string;
let obligationId: string;
beforeAll(async () => {
  fixture = await paymentsFixture(inject('mongodbUrl'));
  folder = await mkdtemp(join(tmpdir(), 'ledger-'));
  const owed = await owedProject(fixture, 'pil-audit', 'prj-audit');
  obligationId = owed.find(({ payeeRole }) => payeeRole === 'champion')!.obligationId;
  const lines = await instruct(
    fixture,
    await propose(
      fixture,
      owed.map((one) => one.obligationId),
    ),
  );
  await settle(fixture, lines);
});
afterAll(async () => {
  await fixture.stop();
  await rm(folder, { recursive: true });
});

/** The auditor's command, as they type it. */
const ledger = async (...words: string[]) =>
  typed({ TALKOOT_TOKEN: await fixture.tokenOf('per-auditor', 'auditor') }, words);
/** The same as anybody types it. */
const ledgerOpenly = (...words: string[]) => typed({ TALKOOT_TOKEN: '' }, words);
/** `talkoot why`, which needs projects only for scores. */
const why = async (...words: string[]) => {
  const at = { PAYMENTS_URL: fixture.url, PROJECTS_URL: fixture.url };
  const as = { ...at, TALKOOT_TOKEN: await fixture.tokenOf('per-auditor', 'auditor') };
  return typed(as, [...words, '-m', municipalityId], 'why');
};

async function typed(
  as: Readonly<Record<string, string>>,
  words: readonly string[],
  command = 'ledger',
): Promise<{ code: number; stdout: string; stderr: string }> {
  const env = { ...process.env, KAFKA_BROKERS: inject('kafkaBrokers'), ...as };
  const args = [talkoot, command, ...words];
  const done = promisify(execFile)(process.execPath, args, { env, maxBuffer: 64e6 });
  return done.then(
    (out) => ({ code: 0, ...out }),
    (error: { code: number; stdout: string; stderr: string }) => error,
  );
}
const there = () => ['-m', municipalityId, '--url', fixture.url];
const fileWith = async (name: string, text: string) => {
  await writeFile(join(folder, name), text);
  return join(folder, name);
};
const exported = async (...words: string[]) => (await ledger('export', ...there(), ...words)).stdout;
const lineOf = (csv: string, number: number) =>
  csv.split('\r\n').find((line) => line.split(';')[2] === String(number))!;

describe('an auditor', () => {
  it(
    'verifies the service, and a file alone, and keeps the heads for the next time',
    { timeout: 120_000 },
    async () => {
      const online = await ledger('verify', ...there(), '--json');
      expect({ code: online.code, stderr: online.stderr }).toEqual({ code: 0, stderr: '' });
      const report = JSON.parse(online.stdout) as { holds: boolean; balances: string };
      expect(report).toMatchObject({ holds: true, balances: 'checked' });
      const heads = await fileWith('heads.json', online.stdout);
      for (const separator of ['semicolon', 'comma']) {
        const file = await fileWith(`${separator}.csv`, await exported('--separator', separator));
        const { code, stdout } = await ledger('verify', file, '--heads', heads);
        expect({ code, last: stdout.trim().split('\n').at(-1) }).toEqual({
          code: 0,
          last: 'Everything holds.',
        });
      }
    },
  );

  it(
    'finds what anybody finds without signing in: people are redacted, and the file goes on to the heads that the auditor kept',
    { timeout: 120_000 },
    async () => {
      const heads = await fileWith('kept.json', (await ledger('verify', ...there(), '--json')).stdout);
      const csv = (await ledgerOpenly('export', ...there())).stdout;
      expect(csv).not.toMatch(/obl-|att-|per-/);
      const verified = await ledgerOpenly(
        'verify',
        await fileWith('open.csv', csv),
        '--heads',
        heads,
        '--json',
      );
      expect({ code: verified.code, stderr: verified.stderr }).toEqual({ code: 0, stderr: '' });
      const report = JSON.parse(verified.stdout) as { holds: boolean; redacted: number; balances: string };
      expect(report).toMatchObject({ holds: true, balances: 'not-given' });
      expect(report.redacted).toBeGreaterThan(0);
      const online = await ledgerOpenly('verify', ...there());
      expect(online.stdout).toContain(`${report.redacted} of them redacted`);
      const resident = { TALKOOT_TOKEN: await fixture.tokenOf('per-neighbour', 'resident') };
      expect(await typed(resident, ['verify', ...there()])).toEqual(online);
    },
  );

  it('is not shown anything beside a redacted entry that its hash does not cover', async () => {
    const csv = (await ledgerOpenly('export', ...there())).stdout;
    const hidden = csv.split('\r\n').find((line) => /;;[0-9a-f]{64};[0-9a-f]{64}$/.test(line))!;
    const cells = hidden.split(';').with(5, 'payment-settled').join(';');
    const done = await ledger('verify', await fileWith('beside.csv', csv.replace(hidden, cells)));
    expect(done.code).toBe(2);
    expect(done.stderr).toMatch(/^ledger-malformed: line \d+: .*covers/s);
  });

  it.each([
    [
      'an edited row',
      (csv: string) => csv.replace(lineOf(csv, 6), lineOf(csv, 6).replace('commitment', 'reserve')),
      'entry-changed',
      6,
    ],
    [
      'rows in another order',
      (csv: string) =>
        csv.replace(`${lineOf(csv, 6)}\r\n${lineOf(csv, 7)}`, `${lineOf(csv, 7)}\r\n${lineOf(csv, 6)}`),
      'entry-missing',
      6,
    ],
  ])('finds %s in a file, without the database', async (name, tamper, code, number) => {
    const file = await fileWith('tampered.csv', tamper(await exported()));
    const done = await ledger('verify', file, '--json');
    expect(done.code).toBe(1);
    const { findings } = JSON.parse(done.stdout) as { findings: unknown[] };
    expect(findings[0]).toMatchObject({ code, number });
  });

  it('is not shown one amount while another is hashed', async () => {
    const csv = await exported();
    const file = await fileWith('shown.csv', csv.replace('1000000,00', '9000000,00'));
    const done = await ledger('verify', file);
    expect({ code: done.code, stderr: done.stderr }).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^ledger-malformed: line \d+/),
    });
  });

  it('is told when a file is no ledger', async () => {
    for (const text of ['a;b\n1;2\n', 'fiscal_year;"pilot\n']) {
      const done = await ledger('verify', await fileWith('broken.csv', text));
      expect(done.code).toBe(2);
      expect(done.stderr).toMatch(/^ledger-malformed: /);
    }
  });

  it('is told what does not hold in the service, and which entry is the first', async () => {
    const entries = fixture.connection.collection('ledgerentries');
    const of = { pilotId: 'pil-audit', number: 9 };
    const before = await entries.findOne(of);
    await entries.updateOne(of, { $inc: { amount: 1 } });
    const done = await ledger('verify', ...there());
    await entries.replaceOne(of, before!);
    expect(done.code).toBe(1);
    expect(done.stdout).toContain(
      `entry-changed at 2027/pil-audit/EUR number 9 (${before!._id as unknown as string})`,
    );
  });

  it(
    'finds by the published heads what was removed at the end of a book, whatever its head says',
    { timeout: 120_000 },
    async () => {
      await publishHeads(fixture.payments);
      await relayed();
      const whole = await ledger('verify', ...there(), '--events');
      expect({ code: whole.code, stderr: whole.stderr }).toEqual({ code: 0, stderr: '' });
      const { connection } = fixture;
      const entries = connection.collection('ledgerentries');
      const [last, before] = await entries
        .find({ pilotId: 'pil-audit' })
        .sort({ number: -1 })
        .limit(2)
        .toArray();
      await entries.deleteOne({ _id: last!._id });
      const head = { entries: before!['number'], sha256: before!['sha256'] };
      await connection.collection('ledgerbooks').updateOne({ pilotId: 'pil-audit' }, { $set: head });
      const done = await ledger('verify', ...there(), '--events', '--json');
      await entries.insertOne(last!);
      const back = { entries: last!['number'], sha256: last!['sha256'] };
      await connection.collection('ledgerbooks').updateOne({ pilotId: 'pil-audit' }, { $set: back });
      expect(done.code).toBe(1);
      const { findings } = JSON.parse(done.stdout) as { findings: unknown[] };
      expect(findings[0]).toMatchObject({ code: 'entry-missing', number: last!['number'] });
    },
  );

  it('sees the way of an entry from the fund to the bank, and no person', async () => {
    const id = `payment-settled/${await attemptOf(obligationId)}/0001`;
    const { stdout, code } = await why(id, '--json');
    expect(code).toBe(0);
    const { parts, amount } = JSON.parse(stdout) as {
      parts: { title: string; lines: string[] }[];
      amount: object;
    };
    expect(amount).toEqual(euros(18_000));
    expect(parts.map(({ title }) => title)).toEqual([
      'How the amount was computed',
      'From the fund to the bank',
    ]);
    expect(parts[0]!.lines.join('\n')).toContain(obligationId);
    const way = parts[1]!.lines.join('\n');
    const kinds = [
      'funds-opened',
      'project-committed',
      'bonus-awarded',
      'batch-instructed',
      'payment-settled',
    ];
    expect(kinds.filter((kind) => !way.includes(kind))).toEqual([]);
    expect(way).toMatch(/\* debit +│ in-transit │ 180\.00 EUR/);
    expect(way).toMatch(/ {2}credit │ bank +│ 180\.00 EUR/);
    expect(stdout).not.toContain('per-');
  });

  it('is told that something is not there', async () => {
    const done = await why('payment-settled/att-nobody/0001');
    expect(done.code).toBe(1);
    expect(done.stderr).toMatch(/^not-found: /);
  });
});

/** Publishes what waits in the outbox. */
async function relayed(): Promise<void> {
  const { connection } = fixture;
  const relay = startRelay({
    connection,
    brokers: inject('kafkaBrokers').split(','),
    clientId: 'ledger-test',
    log,
  });
  const waiting = () =>
    connection.collection('outbox').countDocuments({ channel: 'event', publishedAt: null });
  await expect.poll(waiting, { timeout: 120_000 }).toBe(0);
  await relay.stop();
}

const attemptOf = async (id: string) =>
  (await fixture.connection.collection('attempts').findOne({ obligationId: id }))!._id as unknown as string;
