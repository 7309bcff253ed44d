import { lintulaPlan, playDemo } from '@talkoot/cli';
import type { StackHandle } from '@talkoot/local-stack';
import { startStack } from '@talkoot/local-stack';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inDatabase, ownersOfEvents } from '../contracts/databases.ts';
import { messagesOf } from '../contracts/personal-data/places.ts';
import { untilAtRest } from '../contracts/rest.ts';

/** What is left of a pilot on a stack whose processes were killed on the way. */
export interface ChaoticRun {
  readonly seed: number;
  readonly result: string;
  readonly kills: readonly string[];
  /** Source and id of each event that a service recorded. */
  readonly recorded: readonly string[];
  /** Source and id of each event that Kafka holds. */
  readonly published: ReadonlySet<string>;
  readonly deadLetters: number;
  /** Commands to workflows that will never be delivered, with why. */
  readonly dropped: readonly string[];
  /** How often each obligation was settled. */
  readonly settlements: Readonly<Record<string, number>>;
  readonly certificates: number;
  readonly ballots: number;
  /** Log lines of errors that no service expected. */
  readonly unexpected: readonly string[];
}

/**
 * Plays the demo on a stack of its own under the kills of a seed, and looks into what it left behind. After a failure its
 * logs stay, and the error says where.
 */
export async function playUnderChaos(seed: number): Promise<ChaoticRun> {
  const data = await mkdtemp(join(tmpdir(), 'talkoot-chaos-'));
  const stack = await startStack({ data });
  try {
    const { result, run } = await playDemo({ plan: lintulaPlan(), json: true, data, chaosSeed: seed });
    await untilAtRest(stack);
    const remains = await remainsOf(stack);
    await stack.stop();
    await rm(data, { recursive: true, force: true });
    return { seed, result: JSON.stringify(result), kills: run.kills, ...remains };
  } catch (cause) {
    await stack.stop();
    throw new Error(`The pilot under seed ${seed} failed; its logs are in ${join(data, 'logs')}`, { cause });
  }
}

async function remainsOf(stack: StackHandle): Promise<Omit<ChaoticRun, 'seed' | 'result' | 'kills'>> {
  const outboxes = ownersOfEvents.map((owner) =>
    inDatabase(stack, owner, (database) => database.collection('outbox').find().toArray()),
  );
  const rows = (await Promise.all(outboxes)).flat();
  const keyOf = ({ source, id }: { source: string; id: string }) => `${source} ${id}`;
  const messages = await messagesOf(stack);
  const events = messages.map(({ value }) => JSON.parse(value) as { source: string; id: string });
  const count = (owner: 'identity' | 'ballots' | 'projects', name: string) =>
    inDatabase(stack, owner, (database) => database.collection(name).countDocuments());
  return {
    recorded: rows.flatMap(({ envelope }) => (envelope ? [keyOf(envelope)] : [])),
    published: new Set(events.map(keyOf)),
    deadLetters: await count('projects', 'deadletters'),
    dropped: rows.flatMap(({ droppedReason }) => (droppedReason ? [droppedReason as string] : [])),
    settlements: await settlementsIn(stack),
    certificates: await count('identity', 'issuances'),
    ballots: await count('ballots', 'ballots'),
    unexpected: await unexpectedIn(stack),
  };
}

async function settlementsIn(stack: StackHandle): Promise<Record<string, number>> {
  const attempts = await inDatabase(stack, 'payments', (database) =>
    database.collection('attempts').find({ state: 'settled' }).toArray(),
  );
  const obligations = await inDatabase(stack, 'payments', (database) =>
    database.collection('obligations').find().toArray(),
  );
  return Object.fromEntries(
    obligations.map(({ _id }) => [
      String(_id),
      attempts.filter(({ obligationId }) => obligationId === String(_id)).length,
    ]),
  );
}

async function unexpectedIn({ data }: StackHandle): Promise<string[]> {
  const logs = ['identity', 'ballots', 'projects', 'payments'].map((name) =>
    readFile(join(data, 'logs', `${name}.log`), 'utf8'),
  );
  const lines = (await Promise.all(logs)).flatMap((log) => log.split('\n'));
  return lines.filter((line) => line.includes('"code":"unexpected"'));
}
