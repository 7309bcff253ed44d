import { rounded } from '@talkoot/impact/plan';
import type { CriterionEstimate, Estimates } from '@talkoot/impact/plan';
import Table from 'cli-table3';

/** For a terminal: the estimates side by side, then how each was come by. */
export function tableOf({ title, estimates }: Estimates): string {
  const table = new Table({
    head: ['criterion', 'method', 'estimate', 'unit', 'standard error', '95% interval', 'n', 'p'],
    style: { head: [], border: [] },
  });
  for (const one of estimates) {
    table.push([
      ...[printable(one.criterionId), one.method, rounded(one.estimate), printable(one.unit)],
      ...[orNone(one.standardError), intervalOf(one), one.n, orNone(one.p)],
    ]);
  }
  const parts = [...(title === undefined ? [] : [printable(title)]), table.toString()];
  return `${[...parts, ...estimates.map(stepsOf)].join('\n')}\n`;
}

/** For files and other programs' pipes: one fact a line. */
export function linesOf({ estimates }: Estimates): string {
  return estimates
    .map((one) => {
      const id = printable(one.criterionId);
      return [
        `${id}: estimate: ${rounded(one.estimate)} ${printable(one.unit)}`,
        `${id}: standard error: ${orNone(one.standardError)}`,
        `${id}: 95% interval: ${intervalOf(one)}`,
        `${id}: n: ${one.n}`,
        `${id}: p: ${orNone(one.p)}`,
        ...one.assumptions.map((assumption) => `${id}: assumes: ${assumption}`),
        ...one.computation.map((line) => `${id}: ${printable(line)}`),
        '',
      ].join('\n');
    })
    .join('');
}

function stepsOf({ criterionId, assumptions, computation }: CriterionEstimate): string {
  return [
    '',
    printable(criterionId),
    ...computation.map((line) => `  ${printable(line)}`),
    '  This is the effect only if:',
    ...assumptions.map((assumption) => `  - ${assumption}`),
  ].join('\n');
}

const orNone = (value: number | null): string => (value === null ? 'none' : rounded(value));

function intervalOf({ interval }: CriterionEstimate): string {
  return interval === null ? 'none' : `${rounded(interval.low)} to ${rounded(interval.high)}`;
}

/** Whoever wrote the files does not command the terminal. */
const printable = (text: string): string => text.replaceAll(/\p{C}/gu, '\u{FFFD}');
