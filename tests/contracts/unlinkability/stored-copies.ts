import { inDatabase } from '../databases.ts';
import type { Owner } from '../databases.ts';
import { historiesOf, logsOf, messagesOf } from '../personal-data/places.ts';
import { spansOf } from '../running-system.ts';
import type { RunningSystem } from '../running-system.ts';
import type { Copy } from './copy.ts';

/** Who could know something of a vote. */
const involved = ['identity', 'auditor', 'witness', 'ballots'] as const satisfies readonly Owner[];

/** Full copies of all that a system keeps of its polls, each in the order in which it is found. */
export async function storedCopies(system: RunningSystem): Promise<Copy[]> {
  const { stack } = system;
  const messages = Map.groupBy(await messagesOf(stack), ({ topic }) => topic);
  const histories = await historiesOf(stack);
  const logs = await logsOf(stack);
  return [
    ...(await Promise.all(involved.map((owner) => collectionsOf(system, owner)))).flat(),
    ...[...messages].map(([topic, rows]) => ({ name: topic, rows })),
    { name: 'histories', rows: histories.flatMap(({ workflowId, text }) => eventsOf(workflowId, text)) },
    ...logs.map(({ name, text }) => ({ name, rows: text.split('\n').filter((line) => line !== '') })),
    { name: 'traces', rows: await spansOf(system) },
  ];
}

/** In natural order: that of the disk, or of the id where a collection is clustered. */
export function collectionsOf({ stack }: Pick<RunningSystem, 'stack'>, owner: Owner): Promise<Copy[]> {
  return inDatabase(stack, owner, async (database) => {
    const copies: Copy[] = [];
    for (const collection of await database.collections()) {
      const rows = await collection.find().sort({ $natural: 1 }).toArray();
      copies.push({ name: `${owner}.${collection.collectionName}`, rows });
    }
    return copies;
  });
}

/** Each event of a history by itself, and what else is known of the workflow. */
function eventsOf(workflowId: string, text: string): unknown[] {
  const [history, ...rest] = JSON.parse(text) as [{ events: unknown[] }, ...unknown[]];
  return [...history.events, ...rest].map((row) => ({ workflowId, row }));
}
