import type { StackHandle } from '@talkoot/local-stack';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inDatabase, owners, ownersOfEvents } from '../contracts/databases.ts';
import { messagesOf } from '../contracts/personal-data/places.ts';
import { untilAtRest } from '../contracts/rest.ts';

/** What pilots left behind on a stack that came to rest. */
export interface Remains {
  /** Source and id of each event that a service recorded. */
  readonly recorded: readonly string[];
  /** Source and id of each event that Kafka holds. */
  readonly published: ReadonlySet<string>;
  readonly deadLetters: number;
  /** Why commands to workflows will never be delivered. */
  readonly dropped: readonly string[];
  /** How often each obligation was settled. */
  readonly settlements: readonly number[];
  /** How many the municipality and the auditor issued. */
  readonly certificates: readonly [number, number];
  /** Keys on the boards of all polls: who votes again votes under the same. */
  readonly voters: number;
  /** Ballots that were promised and are on no board. */
  readonly unpublished: number;
  /** Log lines of errors that no service expected. */
  readonly unexpected: readonly string[];
}

const keyOf = ({ source, id }: { source: string; id: string }) => `${source} ${id}`;

/** Waits until everything is delivered and taken in, then looks into every store. */
export async function remainsOf(stack: StackHandle): Promise<Remains> {
  await untilAtRest(stack);
  const outboxes = ownersOfEvents.map((owner) =>
    inDatabase(stack, owner, (database) => database.collection('outbox').find().toArray()),
  );
  const rows = (await Promise.all(outboxes)).flat();
  const events = (await messagesOf(stack)).map(
    ({ value }) => JSON.parse(value) as { source: string; id: string },
  );
  const count = (owner: 'identity' | 'auditor' | 'ballots' | 'projects', name: string) =>
    inDatabase(stack, owner, (database) => database.collection(name).countDocuments());
  return {
    recorded: rows.flatMap(({ envelope }) => (envelope ? [keyOf(envelope)] : [])),
    published: new Set(events.map(keyOf)),
    deadLetters: await count('projects', 'deadletters'),
    dropped: rows.flatMap(({ droppedReason }) => (droppedReason ? [droppedReason as string] : [])),
    settlements: await settlementsIn(stack),
    certificates: [await count('identity', 'issuances'), await count('auditor', 'issuances')],
    ...(await boardsIn(stack)),
    unexpected: await unexpectedIn(stack),
  };
}

function boardsIn(stack: StackHandle): Promise<Pick<Remains, 'voters' | 'unpublished'>> {
  return inDatabase(stack, 'ballots', async (database) => {
    const leaves = database.collection('leaves');
    const voters = await leaves.aggregate([{ $group: { _id: { poll: '$poll', key: '$key' } } }]).toArray();
    return { voters: voters.length, unpublished: await leaves.countDocuments({ batch: 0 }) };
  });
}

function settlementsIn(stack: StackHandle): Promise<number[]> {
  return inDatabase(stack, 'payments', async (database) => {
    const settled = await database.collection('attempts').find({ state: 'settled' }).toArray();
    const obligations = await database.collection('obligations').find().toArray();
    return obligations.map(
      ({ _id }) => settled.filter(({ obligationId }) => obligationId === String(_id)).length,
    );
  });
}

/** Log lines of errors that no service expected, by now. */
export async function unexpectedIn({ data }: StackHandle): Promise<string[]> {
  const logs = owners.map((name) => readFile(join(data, 'logs', `${name}.log`), 'utf8'));
  const lines = (await Promise.all(logs)).flatMap((log) => log.split('\n'));
  return lines.filter((line) => line.includes('"code":"unexpected"'));
}
