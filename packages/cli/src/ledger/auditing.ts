import { createClient } from '@talkoot/api-contracts';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { checkLedger } from '@talkoot/api-contracts/payments/ledger-chain';
import type { LedgerChecker, LedgerHead, LedgerReport } from '@talkoot/api-contracts/payments/ledger-chain';
import { once } from 'node:events';
import { deploymentOf } from '../operation/deployment.ts';
import { PollRefused, refusingPlainly } from '../poll/poll.errors.ts';
import { httpAddress } from '../poll/poll.place.ts';
import { tell } from '../terminal.ts';
import { LedgerRefused } from './ledger.errors.ts';
import { entriesOfFile, headsOfFile } from './ledger.file.ts';
import { verifyOnline } from './ledger.reading.ts';
import type { LedgerPlace } from './ledger.reading.ts';
import { reportText, traceText } from './ledger.text.ts';

export interface LedgerOptions {
  readonly municipality?: string;
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}
export interface ExportOptions extends LedgerOptions {
  readonly pilot?: string;
  readonly year?: string;
  readonly separator: 'semicolon' | 'comma';
}
export interface VerifyOptions extends LedgerOptions {
  readonly heads: readonly string[];
  readonly events?: boolean;
}

/** What a script can tell apart: it holds, it does not, nobody knows. */
const exits = { holds: 0, fails: 1, notVerified: 2 } as const;

async function placeOf({ municipality, url, data }: LedgerOptions): Promise<LedgerPlace> {
  if (!municipality) {
    throw new PollRefused(
      'municipality-missing',
      'Name it with --municipality, or set TALKOOT_MUNICIPALITY.',
    );
  }
  const baseUrl = httpAddress(url ?? (await deploymentOf(['PAYMENTS_URL'], data)).PAYMENTS_URL);
  const token = process.env['TALKOOT_TOKEN'];
  const payments = createClient(paymentsApi, {
    baseUrl,
    ...(token ? { token: async () => token } : {}),
    deadlineMs: 30_000,
  });
  return { payments, municipalityId: municipality, signedIn: Boolean(token) };
}

/** Prints every entry of a scope, page after page, as one file. */
export async function exportAll(options: ExportOptions): Promise<void> {
  const { payments, municipalityId } = await placeOf(options);
  const { pilot, year, separator } = options;
  const scope = {
    separator,
    ...(pilot ? { pilotId: pilot } : {}),
    ...(year ? { fiscalYear: Number(year) } : {}),
  };
  let after: string | null = null;
  do {
    const query = { ...scope, ...(after === null ? {} : { after }) };
    const response: Response = await refusingPlainly(() =>
      payments.raw('exportLedger', { params: { municipalityId }, query }),
    );
    if (!process.stdout.write(await response.text())) await once(process.stdout, 'drain');
    after = response.headers.get('x-next');
  } while (after !== null);
}

/**
 * Checks a file or the service. Ends with 1 when anything does not hold, with 2 when nothing can be said.
 * @throws LedgerRefused
 */
export async function verify(file: string | undefined, options: VerifyOptions): Promise<void> {
  process.exitCode = exits.notVerified;
  const kept = (await Promise.all(options.heads.map(headsOfFile))).flat();
  const known = options.events ? [...kept, ...(await headsOfEvents(options))] : kept;
  const report =
    file === undefined
      ? await refusingPlainly(async () => verifyOnline(await placeOf(options), known))
      : await verifyFile(file, known);
  tell(options, report, reportText(report));
  process.exitCode = report.holds ? exits.holds : exits.fails;
}

async function headsOfEvents({ municipality, data }: LedgerOptions): Promise<LedgerHead[]> {
  if (!municipality)
    throw new LedgerRefused('heads-of-nobody', 'With --events, name the municipality with --municipality.');
  const { publishedHeads } = await import('./published.heads.ts');
  const { KAFKA_BROKERS } = await deploymentOf(['KAFKA_BROKERS'], data);
  return publishedHeads(
    KAFKA_BROKERS.split(',').map((one) => one.trim()),
    municipality,
  );
}

async function verifyFile(path: string, known: readonly LedgerHead[]): Promise<LedgerReport> {
  let checker: LedgerChecker | undefined;
  let whose: string | undefined;
  for await (const { municipalityId, entry } of entriesOfFile(path)) {
    whose ??= municipalityId;
    if (municipalityId !== whose)
      throw new LedgerRefused('ledger-malformed', `entries of ${whose} and ${municipalityId} in one file`);
    checker ??= checkLedger(municipalityId, known);
    checker.take(entry);
  }
  return (checker ?? checkLedger('', known)).finish();
}

/** Prints the way of an amount from the fund to the bank. */
export async function why(id: string, options: LedgerOptions): Promise<void> {
  const { payments, municipalityId } = await placeOf(options);
  const trace = await refusingPlainly(() =>
    payments.tracePayment({ params: { municipalityId }, query: { id } }),
  );
  tell(options, trace, traceText(trace));
}
