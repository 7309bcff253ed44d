import type { DeadLetter, DeadLetterFilter } from '@talkoot/event-bus';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { databaseOwners, deploymentOf, type DatabaseOwner } from './operation/deployment.ts';
import { OperationRefused } from './operation/operation.errors.ts';

interface Options {
  readonly service?: DatabaseOwner;
  readonly data?: string;
  readonly json?: boolean;
}
interface ListOptions extends Options {
  readonly limit: number;
}
interface ReplayOptions extends Options {
  readonly id?: string;
  readonly type?: string;
  readonly group?: string;
}
/** A letter without the message itself: that stays where it is kept. */
type Listed = Omit<DeadLetter, 'value'> & { readonly service: DatabaseOwner };

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** `talkoot events`: messages that a consumer could not apply. */
export function registerEvents(program: Command): void {
  const events = program.command('events').description('Events between the services of a deployment');
  const where = () => new Option('--data <dir>', 'the local stack in this directory, whatever variables say');
  const service = () => new Option('--service <name>', 'only those of one service').choices(databaseOwners);
  events
    .command('dead-letters')
    .description('Messages that a consumer gave up on, oldest first')
    .addOption(service())
    .option('--limit <n>', 'at most so many of each service', readLimit, 100)
    .addOption(where())
    .option('--json', 'print one JSON object per line')
    .action(list);
  events
    .command('replay')
    .description('Send dead letters to their consumer again, once what it stumbled over is mended')
    .addOption(service())
    .option('--id <id>', 'this one, even when it was sent again before')
    .option('--type <type>', 'those of one type of event')
    .option('--group <group>', 'those of one consumer group')
    .addOption(where())
    .option('--json', 'print {"replayed"} as JSON')
    .action(replay);
}

async function list({ service, limit, data, json = false }: ListOptions): Promise<void> {
  const { listDeadLetters } = await import('@talkoot/event-bus');
  const { withDatabases } = await import('./operation/databases.ts');
  await withDatabases(data, service ? [service] : databaseOwners, async (databases) => {
    let listed = 0;
    for (const [owner, connection] of databases) {
      for (const { value: _, ...letter } of await listDeadLetters(connection, {}, limit)) {
        const one: Listed = { ...letter, service: owner };
        print(json ? JSON.stringify(one) : letterText(one));
        listed += 1;
      }
    }
    if (listed === 0 && !json) print('There are no dead letters.');
  });
}

function letterText(letter: Listed): string {
  const { _id, service, topic, partition, offset, type, reason, errorCode, failedAt, times } = letter;
  const why = errorCode ? `${reason} (${errorCode})` : reason;
  return [
    `${service}  ${type ?? 'unreadable'}  ${why}  ${times} times, last ${failedAt.toISOString()}`,
    `    from ${topic}/${partition}/${offset}  --id "${_id}"`,
  ].join('\n');
}

async function replay({ service, data, json = false, ...only }: ReplayOptions): Promise<void> {
  const { replayDeadLetters } = await import('@talkoot/event-bus');
  const { withDatabases } = await import('./operation/databases.ts');
  const { id, ...fields } = only;
  const filter: DeadLetterFilter = id === undefined ? fields : { ...fields, ids: [id] };
  const { KAFKA_BROKERS } = await deploymentOf(['KAFKA_BROKERS'], data);
  const brokers = KAFKA_BROKERS.split(',').map((one) => one.trim());
  await withDatabases(data, service ? [service] : databaseOwners, async (databases) => {
    let replayed = 0;
    for (const [, connection] of databases) {
      replayed += (await replayDeadLetters({ connection, brokers, filter })).replayed;
    }
    if (replayed === 0 && id !== undefined) {
      throw new OperationRefused('no-such-letter', `No dead letter "${id}" waits; it may be healed already.`);
    }
    print(json ? JSON.stringify({ replayed }, null, 2) : `${replayed} sent again.`);
  });
}

function readLimit(text: string): number {
  const limit = Number(text);
  if (!Number.isInteger(limit) || limit < 1 || limit > 10_000) {
    throw new InvalidArgumentError('Give a whole number from 1 to 10000.');
  }
  return limit;
}
