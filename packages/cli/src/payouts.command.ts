import { type Command, InvalidArgumentError } from 'commander';
import { deploymentOf } from './operation/deployment.ts';
import { journalIn, journalInMemory } from './payouts/payout.journal.ts';
import { payoutJson, payoutLine } from './payouts/payout.line.ts';
import { followPayouts } from './payouts/payouts.follow.ts';
import { stopOnSignal } from './stop-on-signal.ts';

interface Options {
  readonly fromBeginning?: boolean;
  readonly group: string;
  readonly journal?: string;
  readonly untilIdle?: number;
  readonly data?: string;
  readonly json?: boolean;
}

/** `talkoot payouts follow`: reads the payout events as a finance system would. */
export function registerPayouts(program: Command): void {
  program
    .command('payouts')
    .description('The payouts of a deployment, as finance systems see them')
    .command('follow')
    .description('Print each payout event once, as it comes, until Ctrl-C')
    .option('--from-beginning', 'a new group begins with the first event, not with the next')
    .option('--group <name>', 'name under which Kafka keeps how far this was read', 'talkoot-payouts-follow')
    .option(
      '--journal <file>',
      'append each event to a file, and know by it what was seen, even after a crash',
    )
    .option('--until-idle <seconds>', 'end when nothing came for so long', readSeconds)
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print one JSON object per line')
    .action(follow);
}

async function follow(options: Options): Promise<void> {
  const { group, journal, untilIdle, data, json = false, fromBeginning = false } = options;
  const { KAFKA_BROKERS } = await deploymentOf(['KAFKA_BROKERS'], data);
  const { events, duplicates, invalid } = await followPayouts({
    brokers: KAFKA_BROKERS.split(',').map((one) => one.trim()),
    group,
    fromBeginning,
    journal: journal === undefined ? journalInMemory() : journalIn(journal),
    signal: AbortSignal.any([stopOnSignal(), whenNobodyReads()]),
    onEvent: (event) => void process.stdout.write(`${json ? payoutJson(event) : payoutLine(event)}\n`),
    onTrouble: (text) => void process.stderr.write(`${text}\n`),
    ...(untilIdle === undefined ? {} : { untilIdleMs: untilIdle * 1_000 }),
  });
  process.stderr.write(`${events} events, ${duplicates} seen before, ${invalid} passed over.\n`);
}

/** Aborts when what the lines are piped into has ended. */
function whenNobodyReads(): AbortSignal {
  const ended = new AbortController();
  process.stdout.on('error', () => ended.abort());
  return ended.signal;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 86_400)) throw new InvalidArgumentError('Give seconds, from 1 to 86400.');
  return seconds;
}
