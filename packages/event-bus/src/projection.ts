import type { Connection } from 'mongoose';
import { applyTogether, forgetInbox, prepareInbox, type EventHandlers } from './inbox.ts';
import { readOutbox } from './outbox.reader.ts';

/** Settings of {@link rebuildProjection}. */
export interface RebuildOptions {
  /** The projection's database. */
  connection: Connection;
  /** Databases of the services whose events it is built from, in this order. */
  outboxes: readonly Connection[];
  groupId: string;
  handlers: EventHandlers;
  /** Empties the projection; called before anything is read. */
  clear: () => Promise<void>;
}

/**
 * Builds a projection anew from outboxes. Stop its consumer first; when the consumer starts again,
 * the inbox keeps it from applying anything a second time.
 *
 * @returns how many events were applied
 */
export async function rebuildProjection(options: RebuildOptions): Promise<number> {
  const { connection, groupId, handlers } = options;
  await prepareInbox(connection);
  await forgetInbox(connection, groupId);
  await options.clear();
  let applied = 0;
  for (const outbox of options.outboxes) {
    let afterId: string | undefined;
    do {
      const page = await readOutbox(outbox, { afterId });
      for (const event of page.events) {
        const handler = handlers[event.type];
        if (!handler) continue;
        const [outcome] = await applyTogether(connection, groupId, [{ event, handler }]);
        if (outcome === 'applied') applied += 1;
      }
      afterId = page.lastId ?? undefined;
    } while (afterId !== undefined);
  }
  return applied;
}
