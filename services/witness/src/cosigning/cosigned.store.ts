import type { TreeHead } from '@talkoot/ballot-protocol';
import { inTransaction } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import { nameOf } from '../logs/watched.ts';
import type { WatchedLogs } from '../logs/watched.ts';

/** The largest tree of a log that was ever cosigned here. */
interface CosignedDocument {
  /** Origin of the log. */
  _id: string;
  size: number;
  root: Buffer;
  /** The checkpoint, signed by the log and by this witness. */
  note: string;
}

/** How many logs of an entry are watched. */
interface CountDocument {
  /** Of the entry: `<prefix> <suffix>`. */
  _id: string;
  logs: number;
}

const cosignedSchema = new Schema<CosignedDocument>(
  { _id: String, size: Number, root: Buffer, note: String },
  { versionKey: false, collection: 'cosigned' },
);
const countSchema = new Schema<CountDocument>(
  { _id: String, logs: Number },
  { versionKey: false, collection: 'watched_counts' },
);

/** What a witness remembers of a log. */
export interface Cosigned extends TreeHead {
  readonly note: string;
}

/**
 * - `stored`: durable, with a majority and journalled
 * - `overtaken`: there is another record by now: decide again
 * - `too-many-logs`: a new log, and its entry has as many as it may
 */
export type Storing = 'stored' | 'overtaken' | 'too-many-logs';

const duplicateKey = 11_000;

/** @param limit most logs of one entry */
export function cosignedStore(connection: Connection, limit: number) {
  const cosigned = connection.model<CosignedDocument>('Cosigned', cosignedSchema);
  const counts = connection.model<CountDocument>('WatchedCount', countSchema);

  async function find(origin: string, read: 'majority' | 'local'): Promise<Cosigned | undefined> {
    const found = await cosigned.findById(origin).readConcern(read).lean();
    return found ? { size: found.size, root: bytesOf(found.root), note: found.note } : undefined;
  }

  async function replace(origin: string, before: TreeHead, record: Cosigned): Promise<Storing> {
    const filter = { _id: origin, size: before.size, root: Buffer.from(before.root) };
    const { matchedCount } = await cosigned.updateOne(filter, { $set: documentOf(record) });
    return matchedCount === 1 ? 'stored' : 'overtaken';
  }

  async function begin(origin: string, entry: WatchedLogs, record: Cosigned): Promise<Storing> {
    const _id = nameOf(entry);
    try {
      return await inTransaction(connection, async (session): Promise<Storing> => {
        const count = await counts.findById(_id).session(session).lean();
        if ((count?.logs ?? 0) >= limit) return 'too-many-logs';
        await counts.updateOne({ _id }, { $inc: { logs: 1 } }, { session, upsert: true });
        await cosigned.insertMany([{ _id: origin, ...documentOf(record) }], { session });
        return 'stored';
      });
    } catch (error) {
      if ((error as { code?: unknown }).code !== duplicateKey) throw error;
      return 'overtaken';
    }
  }

  return {
    /** What was last cosigned of a log: durable, and so what may be shown. */
    last: (origin: string) => find(origin, 'majority'),

    /**
     * The same, and also what is only about to be durable: what has to be decided from, as `store` compares with it.
     * What is stored after it is durable no sooner than it.
     */
    present: (origin: string) => find(origin, 'local'),

    /** Puts a record in the place of `replaces`, and only of that. */
    store: (
      origin: string,
      entry: WatchedLogs,
      replaces: TreeHead | undefined,
      record: Cosigned,
    ): Promise<Storing> =>
      replaces === undefined ? begin(origin, entry, record) : replace(origin, replaces, record),
  };
}

function documentOf({ size, root, note }: Cosigned) {
  return { size, root: Buffer.from(root), note };
}

/** Lean documents hold the driver's Binary. */
function bytesOf(value: Buffer): Uint8Array {
  return Uint8Array.from(value instanceof Uint8Array ? value : (value as { value(): Uint8Array }).value());
}
