import { diagnose, examine, isIll, type Finding } from '@talkoot/local-stack';
import Table from 'cli-table3';
import type { Command } from 'commander';

/** `talkoot doctor`: what this machine has for the local stack, what it lacks, and how to get it. */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('Tell what the local stack needs, what is missing and how to get it')
    .option('--json', 'print the findings as JSON')
    .action(async ({ json }: { json?: boolean }) => {
      const findings = diagnose(await examine());
      process.stdout.write(json ? `${JSON.stringify(findings, null, 2)}\n` : `${inWords(findings)}\n`);
      if (isIll(findings)) process.exitCode = 1;
    });
}

function inWords(findings: readonly Finding[]): string {
  const table = new Table({ head: ['what', 'state', 'version', 'where'], style: { head: [], border: [] } });
  for (const { name, state, version = '', where = '' } of findings) table.push([name, state, version, where]);
  const advice = findings.flatMap(({ name, state, advice }) =>
    advice ? [`${name} (${state}): ${advice}.`] : [],
  );
  return [table.toString(), ...advice, isIll(findings) ? 'Something is missing.' : 'All is well.'].join('\n');
}
