import { allocate, AllocationError, electionOf, PabulibError } from '@talkoot/allocation';
import type { Command } from 'commander';
import { jsonOf, tableOf } from './allocation/allocation.report.ts';
import { ElectionFileError, readConflicts, readElection, readLot } from './allocation/election.files.ts';
import { ruleFrom, withRuleOptions } from './allocation/rule.options.ts';
import type { RuleOptions } from './allocation/rule.options.ts';

interface Options extends RuleOptions {
  readonly conflicts?: string;
  readonly tie?: string;
  readonly json?: boolean;
}

/** Adds `talkoot allocate FILE.pb`: decides a Pabulib election and says why each project is in or out. */
export function registerAllocate(program: Command): void {
  const command = program
    .command('allocate')
    .description('Decide a Pabulib election and explain every project')
    .argument('<file>', 'a Pabulib .pb file');
  withRuleOptions(command)
    .option('--conflicts <file>', 'JSON list of groups of project ids, of each of which one can be funded')
    .option('--tie <file>', 'JSON list of all project ids in the order of the lot; without it, by id')
    .option(
      '--json',
      'print {selected, cost, endowment, comparison, explanations}; amounts in currency units',
    )
    .action(async (path: string, options: Options) => {
      command.showHelpAfterError(false);
      try {
        process.stdout.write(await decide(path, options));
      } catch (error) {
        refuse(command, error);
      }
    });
}

async function decide(path: string, options: Options): Promise<string> {
  const file = await readElection(path);
  const conflicts = options.conflicts === undefined ? undefined : await readConflicts(options.conflicts);
  const lot = options.tie === undefined ? undefined : await readLot(options.tie);
  const rule = ruleFrom(options, 10 ** file.meta.decimals, conflicts);
  const outcome = allocate({ ...electionOf(file), rule, ...(lot ? { lot } : {}) });
  return options.json ? jsonOf(file, outcome) : tableOf(file, outcome);
}

function refuse(command: Command, error: unknown): never {
  if (
    error instanceof PabulibError ||
    error instanceof AllocationError ||
    error instanceof ElectionFileError
  ) {
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
