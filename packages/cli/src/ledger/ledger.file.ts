import { EntryShape, RedactedEntryShape } from '@talkoot/api-contracts/payments';
import type { LedgerLine } from '@talkoot/api-contracts/payments';
import type { LedgerHead } from '@talkoot/api-contracts/payments/ledger-chain';
import { decimalOf } from '@talkoot/money';
import { parse } from 'csv-parse';
import { createReadStream } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { LedgerRefused } from './ledger.errors.ts';

/** One entry of an exported file, and whose ledger it is of. */
export interface ExportedEntry {
  readonly municipalityId: string;
  readonly entry: LedgerLine;
}

const Cell = z.string();
const Empty = Cell.transform((text) => (text === '' ? null : text));
const Whole = Cell.regex(/^\d{1,16}$/).transform(Number);
const None = z.literal('');
const place = { fiscal_year: Whole, pilot: Empty, number: Whole, date: Cell, at: Cell, currency: Cell };
const WholeRowShape = z.strictObject({
  ...place,
  kind: Cell,
  project: Empty,
  obligation: Empty,
  account: Cell,
  side: Cell,
  debit: Cell,
  credit: Cell,
  amount_minor: Whole,
  cost_centre: Empty,
  general_account: Empty,
  vat_code: Empty,
  transaction: Cell,
  entry: Cell,
  municipality: Cell,
  salt: Empty,
  commitment: None,
  sha256: Cell,
});
const redacted = { ...place, municipality: Cell, commitment: Cell, sha256: Cell };
/** Nothing else stands in the row of a redacted entry: its hash would not cover it. */
const RedactedRowShape = z
  .looseObject(redacted)
  .refine((row) => Object.entries(row).every(([column, cell]) => column in redacted || cell === ''), {
    error: 'A redacted entry says more than its hash covers',
  });

/**
 * The entries of an exported file, one after another, however long it is. Its columns must agree with each other: what people read
 * in it (date, debit, credit) is what the hashes cover (at, side, amount_minor).
 * @throws LedgerRefused `ledger-malformed` with the line
 */
export async function* entriesOfFile(path: string): AsyncGenerator<ExportedEntry> {
  const delimiter = await delimiterOf(path);
  const rows = createReadStream(path).pipe(
    parse({ bom: true, columns: true, delimiter, max_record_size: 10_000, info: true }),
  );
  try {
    for await (const { record, info } of rows as AsyncIterable<{
      record: unknown;
      info: { lines: number };
    }>) {
      yield entryOf(record, delimiter, info.lines);
    }
  } catch (cause) {
    if ((cause as { code?: string }).code?.startsWith('CSV_'))
      throw new LedgerRefused('ledger-malformed', (cause as Error).message, { cause });
    throw cause;
  }
}

async function delimiterOf(path: string): Promise<',' | ';'> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(200), 0, 200, 0);
    return buffer.subarray(0, bytesRead).includes('fiscal_year;') ? ';' : ',';
  } finally {
    await file.close();
  }
}

function entryOf(record: unknown, delimiter: string, line: number): ExportedEntry {
  return (record as { commitment?: unknown }).commitment
    ? redactedOf(readRow(RedactedRowShape, record, line), line)
    : wholeOf(readRow(WholeRowShape, record, line), delimiter, line);
}

function readRow<T>(shape: z.ZodType<T>, record: unknown, line: number): T {
  const read = shape.safeParse(record);
  if (!read.success) throw malformed(line, z.prettifyError(read.error));
  return read.data;
}

const placeOf = (row: z.infer<typeof WholeRowShape> | z.infer<typeof RedactedRowShape>) => ({
  fiscalYear: row.fiscal_year,
  pilotId: row.pilot,
  number: row.number,
  at: row.at,
  sha256: row.sha256,
});

function redactedOf(row: z.infer<typeof RedactedRowShape>, line: number): ExportedEntry {
  const { currency, commitment, municipality } = row;
  const entry = readRow(RedactedEntryShape, { ...placeOf(row), currency, commitment }, line);
  if (row.date !== row.at.slice(0, 10)) throw malformed(line, `date of number ${row.number} differs from at`);
  return { municipalityId: municipality, entry };
}

function wholeOf(row: z.infer<typeof WholeRowShape>, delimiter: string, line: number): ExportedEntry {
  const amount = { amount: row.amount_minor, currency: row.currency };
  const content = {
    entryId: row.entry,
    transactionId: row.transaction,
    kind: row.kind,
    projectId: row.project,
    obligationId: row.obligation,
    account: row.account,
    side: row.side,
    amount,
    costCentre: row.cost_centre,
    generalAccount: row.general_account,
    vatCode: row.vat_code,
    salt: row.salt,
  };
  const entry = readRow(EntryShape, { ...placeOf(row), ...content }, line);
  const decimal = delimiter === ';' ? decimalOf(amount).replace('.', ',') : decimalOf(amount);
  const shown = row.side === 'debit' ? [decimal, ''] : ['', decimal];
  if (row.debit !== shown[0] || row.credit !== shown[1] || row.date !== row.at.slice(0, 10))
    throw malformed(line, `date, debit or credit of ${row.entry} differ from at, side and amount_minor`);
  return { municipalityId: row.municipality, entry };
}

const malformed = (line: number, why: string) =>
  new LedgerRefused('ledger-malformed', `line ${line}: ${why}`);

const Heads = z.object({
  heads: z.array(
    z.object({
      fiscalYear: z.int(),
      pilotId: z.string().nullable(),
      currency: z.string(),
      entries: z.int(),
      sha256: z.string(),
    }),
  ),
});

/** Heads of books as an earlier `ledger verify --json` or `ledger heads` printed them. @throws LedgerRefused `heads-malformed` */
export async function headsOfFile(path: string): Promise<LedgerHead[]> {
  const text = await readFile(path, 'utf8');
  try {
    return Heads.parse(JSON.parse(text)).heads;
  } catch (cause) {
    throw new LedgerRefused('heads-malformed', `${path} is no report of ledger verify --json`, { cause });
  }
}
