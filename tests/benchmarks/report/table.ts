import Table from 'cli-table3';
import type { Report, Spread } from './report.shape.ts';

/** The report as people read it. */
export function tableOf(report: Report): string {
  const { machine } = report;
  const table = new Table({ head: ['', 'ours', 'baseline', 'ratio'], style: { head: [], border: [] } });
  for (const { title, unit, ours, against, baseline, ratio } of report.figures) {
    table.push([`${title}, ${unit}\nagainst ${against}`, show(ours), show(baseline), show(ratio)]);
  }
  return [
    `${report.benchmark} on ${machine.processor}, ${machine.cores} cores, ${machine.memoryGiB} GiB, Node ${machine.node}`,
    `Load before: ${machine.loadBefore}. Each cell: median (min to max) of the rounds. Took ${report.seconds} s.`,
    ...(report.quick ? ['Tiny sizes: these figures only show that the benchmark runs.'] : []),
    table.toString(),
    '',
  ].join('\n');
}

function show({ min, median, max }: Spread): string {
  return min === max ? digits(median) : `${digits(median)} (${digits(min)} to ${digits(max)})`;
}

const digits = (value: number): string => value.toLocaleString('en', { maximumSignificantDigits: 3 });
