import { GrowingTree } from '@talkoot/ballot-protocol';
import type { TileId } from '@talkoot/ballot-protocol';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { LogError } from './log.errors.ts';
import { Remembered } from './remembered.ts';
import { rowsOf } from './tile.rows.ts';
import type { TileRow } from './tile.rows.ts';

/** How far a log has grown, and what it needs to grow on. */
interface LogDocument {
  /** Its origin. */
  _id: string;
  size: number;
  /** Peaks of the tree, 32 bytes each. */
  peaks: Buffer;
}

/** Up to 256 hashes of one level; never changes but by growing. */
interface TileDocument {
  /** `<origin> <level> <index>`. */
  _id: string;
  hashes: Buffer;
}

interface CheckpointDocument {
  /** `<origin> <size in sixteen digits>`: one note for each size, in the order of sizes. */
  _id: string;
  note: string;
}

const clustered = (collection: string) => ({
  versionKey: false as const,
  collection,
  clusteredIndex: { key: { _id: 1 }, unique: true, name: collection },
});
const logSchema = new Schema<LogDocument>(
  { _id: String, size: Number, peaks: Buffer },
  clustered('witnessed_logs') as object,
);
const tileSchema = new Schema<TileDocument>(
  { _id: String, hashes: Buffer },
  clustered('log_tiles') as object,
);
const checkpointSchema = new Schema<CheckpointDocument>(
  { _id: String, note: String },
  clustered('log_checkpoints') as object,
);

const duplicateKey = 11_000;
const hashLength = 32;

/** The logs of one database. Only `witnessedLog` uses what it offers. */
export type LogStore = ReturnType<typeof logStore>;

/**
 * Registers the models of logs: once for each connection, before `prepareModels`. The connection has to write with
 * majority and journal and to read with majority, as that of `connectMongo` does.
 */
export function logStore(connection: Connection) {
  const logs = connection.model<LogDocument>('WitnessedLog', logSchema);
  const tiles = connection.model<TileDocument>('LogTile', tileSchema);
  const checkpoints = connection.model<CheckpointDocument>('LogCheckpoint', checkpointSchema);

  async function readTiles(
    origin: string,
    wanted: readonly Omit<TileId, 'width'>[],
    session: ClientSession | null = null,
  ): Promise<(Uint8Array | undefined)[]> {
    const ids = wanted.map(({ level, index }) => tileId(origin, level, index));
    const found = await tiles
      .find({ _id: { $in: ids } })
      .session(session)
      .lean();
    const byId = new Map(found.map(({ _id, hashes }) => [_id, bytesOf(hashes)]));
    return ids.map((id) => byId.get(id));
  }

  return {
    /** Good answers of witnesses. */
    remembered: new Remembered(),

    /** The tree as it stands; an empty one of a log that was never begun. */
    async tree(origin: string, session: ClientSession | null = null): Promise<GrowingTree> {
      const found = await logs.findById(origin).session(session).lean();
      if (!found) return new GrowingTree();
      const peaks = bytesOf(found.peaks);
      const hashes = Array.from({ length: peaks.length / hashLength }, (_, at) =>
        peaks.subarray(at * hashLength, (at + 1) * hashLength),
      );
      return new GrowingTree(found.size, hashes);
    },

    /**
     * Appends to the log that has `at` leaves, in the caller's transaction.
     * @throws LogError `append-conflict`, `damaged`
     */
    async append(
      origin: string,
      at: number,
      leafHashes: readonly Uint8Array[],
      session: ClientSession,
    ): Promise<GrowingTree> {
      const tree = await this.tree(origin, session);
      if (tree.size !== at) throw conflict(`the log has ${tree.size} leaves, not ${at}`);
      if (leafHashes.length === 0) return tree;
      const rows = rowsOf(leafHashes.flatMap((hash) => tree.append(hash)));
      const before = await readTiles(origin, rows, session);
      const writes = rows.map((row, at) => {
        const hashes = filled(row, before[at]);
        const filter = { _id: tileId(origin, row.level, row.index) };
        return { updateOne: { filter, update: { $set: { hashes } }, upsert: true } };
      });
      const grown = { size: tree.size, peaks: Buffer.concat(tree.peaks) };
      try {
        const filter = { _id: origin, ...(at === 0 ? {} : { size: at }) };
        const done = await logs.updateOne(filter, { $set: grown }, { session, upsert: at === 0 });
        if (done.matchedCount + done.upsertedCount === 0) throw conflict('another process appended');
        await tiles.bulkWrite(writes, { session, ordered: true });
      } catch (error) {
        if ((error as { code?: unknown }).code !== duplicateKey) throw error;
        throw conflict('another process appended');
      }
      return tree;
    },

    readTiles: (origin: string, wanted: readonly Omit<TileId, 'width'>[]) => readTiles(origin, wanted),

    /** Archives a note, unless there is one of that size: then that one remains. Answers what is archived. */
    async archive(origin: string, size: number, note: string): Promise<string> {
      const filter = { _id: checkpointId(origin, size) };
      const update = { $setOnInsert: { note } };
      const kept = await checkpoints
        .findOneAndUpdate(filter, update, { upsert: true, returnDocument: 'after' })
        .lean();
      return kept.note;
    },

    async archived(origin: string, size: number): Promise<string | undefined> {
      return (await checkpoints.findById(checkpointId(origin, size)).lean())?.note;
    },

    /** The archived note of the largest tree. */
    async standing(origin: string): Promise<string | undefined> {
      return (await checkpoints.findOne(ofLog(origin)).sort({ _id: -1 }).lean())?.note;
    },

    /** All archived notes, by size. */
    async allArchived(origin: string): Promise<string[]> {
      return (await checkpoints.find(ofLog(origin)).sort({ _id: 1 }).lean()).map(({ note }) => note);
    },
  };
}

function filled({ level, index, from, hashes }: TileRow, before: Uint8Array = new Uint8Array()): Buffer {
  if (before.length === from * hashLength) return Buffer.concat([before, ...hashes]);
  throw new LogError('damaged', `tile ${level}/${index} does not hold ${from} hashes`);
}

const tileId = (origin: string, level: number, index: number) => `${origin} ${level} ${index}`;
const checkpointId = (origin: string, size: number) => `${origin} ${String(size).padStart(16, '0')}`;
/** An origin holds no space, and `!` follows the space. */
const ofLog = (origin: string) => ({ _id: { $gt: `${origin} `, $lt: `${origin}!` } });

/** Lean documents hold the driver's Binary. */
function bytesOf(value: Buffer): Uint8Array {
  return Uint8Array.from(value instanceof Uint8Array ? value : (value as { value(): Uint8Array }).value());
}

function conflict(what: string): LogError {
  return new LogError('append-conflict', what);
}
