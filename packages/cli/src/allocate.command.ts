import { createReadStream } from 'node:fs';
import {
  allocateGreedy,
  AllocationError,
  amountText,
  greedyInput,
  pabulibLimits,
  PabulibError,
  parsePabulib,
} from '@talkoot/allocation';
import type { Allocation, PabulibFile } from '@talkoot/allocation';
import Table from 'cli-table3';
import { type Command, Option } from 'commander';

/** Adds `talkoot allocate FILE.pb`: decides a Pabulib election and says why each project is in or out. */
export function registerAllocate(program: Command): void {
  program
    .command('allocate')
    .description('Decide a Pabulib election and explain every project')
    .argument('<file>', 'a Pabulib .pb file')
    .addOption(new Option('--rule <rule>', 'allocation rule').choices(['greedy']).default('greedy'))
    .option('--json', 'print {selected, cost, explanations} as JSON; amounts in currency units')
    .action(async (path: string, options: { json?: boolean }, command: Command) => {
      command.showHelpAfterError(false);
      try {
        const file = parsePabulib(await readBounded(path));
        const allocation = allocateGreedy(greedyInput(file));
        process.stdout.write(options.json ? asJson(file, allocation) : asTable(file, allocation));
      } catch (error) {
        refuse(command, error);
      }
    });
}

// One byte beyond the limit is enough for the reader to refuse; a device or an endless pipe must not fill memory.
async function readBounded(path: string): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: pabulibLimits.bytes }))
    chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

function refuse(command: Command, error: unknown): never {
  if (error instanceof PabulibError || error instanceof AllocationError) {
    return command.error(`${error.code}: ${error.message}`, { exitCode: 1, code: error.code });
  }
  const { code } = error as { code?: unknown };
  if (code === 'ENOENT' || code === 'EACCES' || code === 'EISDIR') {
    return command.error(`file-unreadable: ${(error as Error).message}`, {
      exitCode: 1,
      code: 'file-unreadable',
    });
  }
  throw error;
}

function asJson({ meta }: PabulibFile, { selected, cost, explanations }: Allocation): string {
  const amount = (units: number) => Number(amountText(units, meta.decimals));
  const explained = explanations.map((one) => ({
    ...one,
    cost: amount(one.cost),
    remainingBefore: amount(one.remainingBefore),
    shortfall: amount(one.shortfall),
  }));
  return `${JSON.stringify({ selected, cost: amount(cost), explanations: explained }, null, 2)}\n`;
}

function asTable({ meta, projects }: PabulibFile, { selected, cost, explanations }: Allocation): string {
  const amount = (units: number) => amountText(units, meta.decimals);
  const names = new Map(projects.map(({ id, name }) => [id, name]));
  const table = new Table({
    head: ['project', 'name', 'votes', 'cost', 'outcome', 'left before', 'short of'],
    style: { head: [], border: [] },
  });
  for (const one of explanations) {
    const name = names.get(one.projectId)!.slice(0, 50);
    table.push([
      one.projectId,
      name,
      one.votes,
      amount(one.cost),
      one.reason,
      amount(one.remainingBefore),
      amount(one.shortfall),
    ]);
  }
  const currency = meta.currency ?? '';
  return `${table.toString()}\n${selected.length} of ${projects.length} projects, ${amount(cost)} of ${amount(meta.budget)} ${currency}\n`;
}
