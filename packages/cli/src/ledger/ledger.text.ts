import type { Answer } from '@talkoot/api-contracts';
import type { ledgerRoutes } from '@talkoot/api-contracts/payments';
import type { LedgerFinding, LedgerReport } from '@talkoot/api-contracts/payments/ledger-chain';
import { decimalOf } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import Table from 'cli-table3';

export type Trace = Answer<(typeof ledgerRoutes)['tracePayment']>;
const quiet = { style: { head: [], border: [] } };
const shown = 20;

/** A report as people read it. */
export function reportText(report: LedgerReport): string[] {
  const { holds, entries, redacted, heads, findings, balances } = report;
  const table = new Table({ ...quiet, head: ['year', 'pilot', 'currency', 'entries', 'hash of the last'] });
  for (const { fiscalYear, pilotId, currency, entries: count, sha256 } of heads)
    table.push([fiscalYear, pilotId ?? '-', currency, count, sha256]);
  const more = findings.length - shown;
  return [
    table.toString(),
    ...findings.slice(0, shown).map(findingText),
    ...(more > 0 ? [`and ${more} more`] : []),
    `${entries} entries read${redacted === 0 ? '' : `, ${redacted} of them redacted: they tell what single people get`}; balances ${balances === 'checked' ? 'checked' : 'not checked (sign in as an auditor for them)'}.`,
    holds ? 'Everything holds.' : 'NOT EVERYTHING HOLDS.',
  ];
}

function findingText({ code, book, number, entryId, detail }: LedgerFinding): string {
  const where = number === null ? book : `${book} number ${number}`;
  return `${code} at ${where}${entryId === null ? '' : ` (${entryId})`}: ${detail}`;
}

/** The way of money from the fund to the bank, as people read it, and each attempt to pay it. */
export function traceText({ steps, attempts }: Pick<Trace, 'steps' | 'attempts'>): string[] {
  return [
    'The way of the money:',
    ...steps.flatMap(stepText),
    ...(attempts.length > 0 ? ['', 'Attempts to pay it:'] : []),
    ...attempts.map(
      ({ number, state, batchId, endToEndId }) => `  ${number}. ${state} in ${batchId} as ${endToEndId}`,
    ),
  ];
}

/** What is the obligation's alone is marked; the rest is what happened beside it in the same transaction. */
function stepText({ at, kind, transactionId, lines }: Trace['steps'][number]): string[] {
  const table = new Table({ ...quiet, chars: noBorders, colAligns: ['left', 'left', 'right'] });
  for (const { account, side, amount, own } of lines)
    table.push([`   ${own ? '*' : ' '} ${side}`, account, amountText(amount)]);
  return [`  ${at}  ${kind}  (${transactionId})`, table.toString()];
}

const noBorders = Object.fromEntries(
  [
    'top',
    'top-mid',
    'top-left',
    'top-right',
    'bottom',
    'bottom-mid',
    'bottom-left',
    'bottom-right',
    'left',
    'left-mid',
    'mid',
    'mid-mid',
    'right',
    'right-mid',
  ].map((name) => [name, '']),
);

const amountText = (amount: Money): string => `${decimalOf(amount)} ${amount.currency}`;
