import { checkLedger } from '@talkoot/api-contracts/payments/ledger-chain';
import type { LedgerChecker, LedgerHead, LedgerReport } from '@talkoot/api-contracts/payments/ledger-chain';
import { once } from 'node:events';
import { deploymentOf } from '../operation/deployment.ts';
import { publicPlaceOfPayments, refusingPlainly } from '../operation/payments.place.ts';
import type { PaymentsOptions } from '../operation/payments.place.ts';
import { tell } from '../terminal.ts';
import { LedgerRefused } from './ledger.errors.ts';
import { entriesOfFile, headsOfFile } from './ledger.file.ts';
import { verifyOnline } from './ledger.reading.ts';
import { reportText } from './ledger.text.ts';

export interface ExportOptions extends PaymentsOptions {
  readonly pilot?: string;
  readonly year?: string;
  readonly separator: 'semicolon' | 'comma';
}
export interface VerifyOptions extends PaymentsOptions {
  readonly heads: readonly string[];
  readonly events?: boolean;
}

/** What a script can tell apart: it holds, it does not, nobody knows. */
const exits = { holds: 0, fails: 1, notVerified: 2 } as const;

/** Prints every entry of a scope, page after page, as one file. */
export async function exportAll(options: ExportOptions): Promise<void> {
  const { payments, params } = await publicPlaceOfPayments(options);
  const { pilot, year, separator } = options;
  const scope = {
    separator,
    ...(pilot ? { pilotId: pilot } : {}),
    ...(year ? { fiscalYear: Number(year) } : {}),
  };
  let after: string | null = null;
  do {
    const query = { ...scope, ...(after === null ? {} : { after }) };
    const response: Response = await refusingPlainly(() => payments.raw('exportLedger', { params, query }));
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
      ? await refusingPlainly(async () => verifyOnline(await publicPlaceOfPayments(options), known))
      : await verifyFile(file, known);
  tell(options, report, reportText(report));
  process.exitCode = report.holds ? exits.holds : exits.fails;
}

async function headsOfEvents({ municipality, data }: PaymentsOptions): Promise<LedgerHead[]> {
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
