import { lineText } from '@talkoot/impact';
import type { OutcomeDecision, OutcomeTerms } from '@talkoot/impact/outcome';
import { decimalOf, moneyFromDecimal, sum } from '@talkoot/money';
import Table from 'cli-table3';

export function jsonOf(decision: OutcomeDecision): string {
  const { amount, currency, reason, subtotals, open, computation, lines } = decision;
  const told = computation.map(lineText);
  const printed = { amount, currency, reason, subtotals, open, computation: told, lines };
  return `${JSON.stringify(printed, null, 2)}\n`;
}

/** The answer first, then who pays whom, then how it was computed. */
export function textOf(terms: OutcomeTerms, decision: OutcomeDecision): string {
  const { currency, computation } = decision;
  return [
    terms.title,
    ...headlineOf(decision),
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

/** A sum of what different people pay to different people is paid by nobody: each pair has its own sentence first. */
function headlineOf(decision: OutcomeDecision): string[] {
  const pairs = pairsOf(decision);
  const answer = pairs.length > 1 ? [`${pairs.join('; ')}.`, netOf(decision)] : [answerOf(decision)];
  return [...answer, ...openOf(decision)];
}

function pairsOf({ subtotals, currency }: OutcomeDecision): string[] {
  const keyOf = ({ payer, payee }: (typeof subtotals)[number]) => `${payer} ${payee}`;
  return [...Map.groupBy(subtotals, keyOf).values()].map((group) => {
    const { payer, payee } = group[0]!;
    const paid = sum(
      group.map((one) => moneyFromDecimal(one.paid, currency)),
      currency,
    );
    if (paid.amount === 0) return `${payer} pays ${payee} nothing`;
    if (paid.amount > 0) return `${payer} pays ${payee} ${decimalOf(paid)} ${currency}`;
    return `${payee} owes ${payer} ${decimalOf(paid).replace('-', '')} ${currency}`;
  });
}

const netOf = ({ amount, currency, reason }: OutcomeDecision): string =>
  `Net of all: ${amount} ${currency}${capText(reason)}.`;

function capText(reason: OutcomeDecision['reason']): string {
  if (reason === 'amount-capped') return ': the cap on the amount. The lines alone come to more';
  if (reason === 'return-capped')
    return ': with a cent more investors would earn more than the cap on their return';
  return '';
}

function openOf({ open }: OutcomeDecision): string[] {
  if (open.length === 0) return [];
  const still = open.length === 1 ? '1 payment is' : `${open.length} payments are`;
  return [`${still} still open: ${open.join(', ')}.`];
}

function answerOf({ amount, currency, reason }: OutcomeDecision): string {
  const money = `${amount.replace('-', '')} ${currency}`;
  switch (reason) {
    case 'paid':
    case 'amount-capped':
    case 'return-capped':
      return `Pays ${money}${capText(reason)}.`;
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

/** A decimal as it is; a fraction rounded half up for the eye, as the computation has it in full. */
function about(exact: string): string {
  const [numerator = '', denominator] = exact.split('/');
  if (denominator === undefined) return exact;
  const twice = BigInt(denominator) * 2n;
  const hundredths = (BigInt(numerator.replace('-', '')) * 200n + BigInt(denominator)) / twice;
  const digits = String(hundredths).padStart(3, '0');
  return `≈ ${numerator.startsWith('-') ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

function tableOf(head: readonly string[], rows: readonly string[][]): string {
  const table = new Table({ head: [...head], style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}
