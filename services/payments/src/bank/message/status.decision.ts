import type { BankLine, SuspenseCode } from '../../settlement/settlement.ts';
import type { Status, StatusReport, TransactionStatus } from './status.report.ts';

/** Codes that only tell how far a payment came. `ACSC` and `ACCC` too: what settles is the booking on the account. */
const progress: ReadonlySet<string> = new Set([
  ...['ACCC', 'ACCP', 'ACFC', 'ACIS', 'ACPD', 'ACSC', 'ACSP', 'ACTC', 'ACWC', 'ACWP'],
  ...['PART', 'PATC', 'PDNG', 'PRES', 'RCVD'],
]);

/** What a file instructed, as its record has it. */
export interface InstructedFile {
  readonly messageId: string;
  readonly payments: readonly { readonly informationId: string; readonly endToEndId: string }[];
}

/**
 * What a status report says of the payments of a file. The lowest level that says something wins. A rejection of a group
 * or an information block rejects all beneath it only where it lists nothing beneath; else only what is listed changes.
 * A payment that is listed but is not in this file changes nothing, whatever is said of it.
 * @returns a line for each rejection, and for each status that a person has to read
 */
export function decideStatus(report: StatusReport, file: InstructedFile): BankLine[] {
  const listed = listedBy(report);
  const sent = new Set(file.payments.map(({ endToEndId }) => endToEndId));
  const lines = [...listed].flatMap(([endToEndId, told]) => {
    const isForeign = endToEndId !== null && !sent.has(endToEndId);
    return isForeign ? [foreign(report, endToEndId, told)] : lineOf(report, endToEndId, told);
  });
  const beneath = file.payments.flatMap(({ informationId, endToEndId }) => {
    if (listed.has(endToEndId)) return [];
    const status = levelAbove(report, informationId);
    return status?.code === 'RJCT' ? [rejection(report, endToEndId, status)] : [];
  });
  return [...lines, ...beneath, ...strange(report)];
}

/** The listed transactions by what they name. One without a status of its own has that of the level above. */
function listedBy(report: StatusReport): Map<string | null, TransactionStatus[]> {
  const listed = new Map<string | null, TransactionStatus[]>();
  for (const information of report.informations) {
    for (const one of information.transactions) {
      const code = one.code ?? information.code ?? report.group.code;
      listed.set(one.endToEndId, [...(listed.get(one.endToEndId) ?? []), { ...one, code }]);
    }
  }
  return listed;
}

function lineOf(
  report: StatusReport,
  endToEndId: string | null,
  told: readonly TransactionStatus[],
): BankLine[] {
  const [first] = told as [TransactionStatus];
  const line = { ...rejection(report, endToEndId, first), amount: first.amount };
  if (told.some(({ code }) => code !== first.code)) return [unclear(line, 'status-contradictory')];
  if (first.code === 'RJCT') return [line];
  return first.code === null || progress.has(first.code) ? [] : [unclear(line, 'status-unknown')];
}

const foreign = (report: StatusReport, endToEndId: string, [first]: readonly TransactionStatus[]): BankLine =>
  unclear({ ...rejection(report, endToEndId, first!), amount: first!.amount }, 'not-in-this-file');

/** What is said of all that lies beneath the level above a transaction, when it is not listed itself. */
function levelAbove(report: StatusReport, informationId: string): Status | null {
  const said = report.informations.filter(
    ({ code, transactions }) => code !== null || transactions.length > 0,
  );
  if (said.length === 0) return report.group;
  const mine = said.filter((one) => one.informationId === informationId);
  const [only] = mine;
  return only && mine.length === 1 && only.transactions.length === 0 ? only : null;
}

/** Statuses of a whole level that this service does not know. */
function strange(report: StatusReport): BankLine[] {
  const levels = [report.group, ...report.informations];
  const unknown = levels.filter(({ code }) => code !== null && code !== 'RJCT' && !progress.has(code));
  return unknown.map((level) => unclear(rejection(report, null, level), 'status-unknown'));
}

const rejection = (
  { messageId }: StatusReport,
  endToEndId: string | null,
  { reasonCode }: Status,
): BankLine => ({
  reference: messageId,
  endToEndId,
  says: 'rejected',
  way: 'none',
  amount: null,
  reasonCode,
});

const unclear = (line: BankLine, why: SuspenseCode): BankLine => ({
  ...line,
  says: 'unclear',
  unclear: why,
});
