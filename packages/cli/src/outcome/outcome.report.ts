import { lineText } from '@talkoot/impact';
import type { OutcomeDecision, OutcomeTerms } from '@talkoot/impact/outcome';
import Table from 'cli-table3';

export function jsonOf(decision: OutcomeDecision): string {
  const { amount, currency, reason, subtotals, computation, lines } = decision;
  const printed = { amount, currency, reason, subtotals, computation: computation.map(lineText), lines };
  return `${JSON.stringify(printed, null, 2)}\n`;
}

/** The answer first, then who pays whom, then how it was computed. */
export function textOf(terms: OutcomeTerms, decision: OutcomeDecision): string {
  const { currency, computation } = decision;
  return [
    terms.title,
    answerOf(decision),
    '',
    tableOf(['group', 'payer', 'payee', `subtotal`, `paid ${currency}`], subtotalRows(decision)),
    '',
    tableOf(['payment', 'for', 'comes to', `paid ${currency}`], lineRows(terms, decision)),
    '',
    'Why this amount:',
    ...computation.map((line) => `  ${lineText(line)}`),
    '',
  ].join('\n');
}

function answerOf({ amount, currency, reason }: OutcomeDecision): string {
  const money = `${amount.replace('-', '')} ${currency}`;
  switch (reason) {
    case 'paid':
      return `Pays ${money}.`;
    case 'amount-capped':
      return `Pays ${money}: the cap on the amount. The lines alone come to more.`;
    case 'return-capped':
      return `Pays ${money}: with a cent more investors would earn more than the cap on their return.`;
    case 'receivable':
      return `Pays nothing: ${money} is owed by the payee.`;
    case 'open':
      return 'Pays nothing yet: it hangs on numbers that are not known yet.';
    case 'below-minor-unit':
      return 'Pays nothing: less than the smallest unit of money.';
    case 'nothing-due':
      return 'Pays nothing: by these results no payment is due.';
  }
}

const subtotalRows = ({ subtotals }: OutcomeDecision) =>
  subtotals.map(({ group, payer, payee, amount, paid }) => [group ?? '', payer, payee, about(amount), paid]);

function lineRows({ payments }: OutcomeTerms, { lines }: OutcomeDecision) {
  const titles = new Map(payments.map(({ id, title }) => [id, title]));
  return lines.map(({ payment, amount, paid }) => [
    payment,
    titles.get(payment)!,
    amount === null ? 'open' : about(amount),
    paid,
  ]);
}

/** An exact fraction for the eye, cut after two places; the computation has it in full. */
function about(exact: string): string {
  const [numerator = '', denominator] = exact.split('/');
  if (denominator === undefined) return exact;
  const cut = (BigInt(numerator.replace('-', '')) * 100n) / BigInt(denominator);
  const digits = String(cut).padStart(3, '0');
  return `≈ ${numerator.startsWith('-') ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function tableOf(head: readonly string[], rows: readonly string[][]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}
