import type { WaitingLeaf } from '@talkoot/ballot-protocol';
import { mongo, Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { LeafState } from './gate.ts';

/**
 * A leaf. Its id is its hash; there is no ObjectId, no time and no counter. The collection is clustered by the id, so
 * that not even its order on disk is that of casting.
 */
interface LeafDocument {
  _id: mongo.Binary;
  poll: string;
  /** Absent where a complaint brought a leaf that passes no check. */
  key?: mongo.Binary;
  /** Absent where a complaint brought the leaf: one key may have been promised a sequence twice. */
  sequence?: number;
  leaf: mongo.Binary;
  /** Where its batch begins on the board; 0 while it waits. */
  batch: number;
}

const schema = new Schema<LeafDocument>(
  {
    _id: Buffer as never,
    poll: String,
    key: Buffer,
    sequence: Number,
    leaf: Buffer,
    batch: Number,
  },
  { versionKey: false, collection: 'leaves' },
);
// Mongoose knows this option; its types do not.
schema.set('clusteredIndex' as never, { key: { _id: 1 }, unique: true, name: 'leaf hash' } as never);
schema.index(
  { poll: 1, key: 1, sequence: 1 },
  { unique: true, partialFilterExpression: { sequence: { $exists: true } } },
);
// What waits, by key: leaves of one key are published together. It moves to the other index then.
schema.index({ poll: 1, key: 1, _id: 1 }, { partialFilterExpression: { batch: 0 } });
schema.index({ poll: 1, batch: 1, _id: 1 }, { partialFilterExpression: { batch: { $gt: 0 } } });

/** A leaf that passed all checks. */
export interface CheckedLeaf {
  readonly hash: Uint8Array;
  readonly poll: string;
  readonly publicKey: Uint8Array;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

/** A leaf that the board promised and does not have. */
export interface PromisedLeaf {
  readonly hash: Uint8Array;
  readonly leaf: Uint8Array;
  /** Null where the leaf passes no check. */
  readonly publicKey: Uint8Array | null;
}

interface WaitingRange {
  /** Keys from this one on. */
  readonly from?: Uint8Array;
  /** Keys below this one. */
  readonly below?: Uint8Array;
  readonly session?: ClientSession;
}

const duplicateKey = 11_000;
const waiting = 0;
/** How many leaves are read at once while somebody looks for those that wait. */
const inPiece = 4_096;
const binary = (bytes: Uint8Array) => new mongo.Binary(bytes);
const hexOf = (bytes: mongo.Binary) => bytes.toString('hex');
/** Time a group of ballots may take to become durable, in milliseconds. */
const deadlineMs = 10_000;

type Leaves = () => mongo.Collection<LeafDocument>;

export function leafStore(connection: Connection) {
  const model = connection.model<LeafDocument>('Leaf', schema);
  // Straight to the driver: this is the one busy place.
  const leaves: Leaves = () => model.collection as unknown as mongo.Collection<LeafDocument>;
  return { ...storing(leaves), ...publishing(leaves), ...reading(leaves) };
}
export type LeafStore = ReturnType<typeof leafStore>;

function storing(leaves: Leaves) {
  /** What is known of these leaves, by the hexadecimal hash. */
  async function statesOf(
    poll: string,
    hashes: readonly Uint8Array[],
    session?: ClientSession,
  ): Promise<Map<string, LeafState>> {
    const filter = { poll, _id: { $in: hashes.map(binary) } };
    const found = leaves().find(filter, { projection: { batch: 1 }, ...(session && { session }) });
    return new Map(
      (await found.toArray()).map(({ _id, batch }) => [
        hexOf(_id),
        batch === waiting ? 'waiting' : 'on-board',
      ]),
    );
  }

  /**
   * Stores leaves together and answers, once all of them are durable, what has become of each.
   * @throws whatever kept them from becoming durable
   */
  async function insert(all: readonly CheckedLeaf[], session: ClientSession): Promise<LeafState[]> {
    const states: LeafState[] = all.map(() => 'waiting');
    const refused = await refusedOf(all, session);
    for (const [poll, places] of Map.groupBy(refused, (place) => all[place]!.poll)) {
      const hashes = places.map((place) => all[place]!.hash);
      const known = await statesOf(poll, hashes, session);
      for (const place of places)
        states[place] = known.get(Buffer.from(all[place]!.hash).toString('hex')) ?? 'taken';
    }
    return states;
  }

  /** Places of those that could not be stored, because they are there or their key and sequence are. */
  async function refusedOf(all: readonly CheckedLeaf[], session: ClientSession): Promise<number[]> {
    const documents = all.map(({ hash, poll, publicKey, sequence, bytes }): LeafDocument => ({
      _id: binary(hash),
      poll,
      key: binary(publicKey),
      sequence,
      leaf: binary(bytes),
      batch: waiting,
    }));
    try {
      await leaves().insertMany(documents, { ordered: false, session, timeoutMS: deadlineMs });
      return [];
    } catch (error) {
      if (!(error instanceof mongo.MongoBulkWriteError)) throw error;
      const errors = [error.writeErrors].flat();
      const isDurable = error.result.getWriteConcernError() === undefined;
      if (!isDurable || errors.length === 0 || errors.some(({ code }) => code !== duplicateKey)) throw error;
      return errors.map(({ index }) => index);
    }
  }

  return {
    insert,

    statesOf,

    async stateOf(poll: string, hash: Uint8Array, session?: ClientSession): Promise<LeafState> {
      const states = await statesOf(poll, [hash], session);
      return states.get(Buffer.from(hash).toString('hex')) ?? 'unknown';
    },
  };
}

function publishing(leaves: Leaves) {
  return {
    /** Leaves that wait to be published, by ascending keys, those of a key together. */
    async *waiting(poll: string, { from, below, session }: WaitingRange = {}): AsyncGenerator<WaitingLeaf> {
      const range = { ...(from && { $gte: binary(from) }), ...(below && { $lt: binary(below) }) };
      const filter = { poll, batch: waiting, ...((from || below) && { key: range }) };
      const projection = { _id: 1, key: 1 };
      const found = leaves()
        .find(filter, { projection, batchSize: inPiece, ...(session && { session }) })
        .sort({ key: 1, _id: 1 });
      for await (const { _id, key } of found) yield { hash: _id.value(), key: key!.value() };
    },

    /**
     * Marks waiting leaves as published, in the transaction that appends them to the board.
     * @throws Error if one of them does not wait: its rival has won
     */
    async markPublished(
      poll: string,
      hashes: readonly Uint8Array[],
      batch: number,
      session: ClientSession,
    ): Promise<void> {
      const filter = { _id: { $in: hashes.map(binary) }, poll, batch: waiting };
      const { matchedCount } = await leaves().updateMany(filter, { $set: { batch } }, { session });
      if (matchedCount !== hashes.length) throw new Error('A leaf can be published once');
    },

    /** Adds leaves that complaints brought to the board's batch. */
    async addPublished(
      poll: string,
      promised: readonly PromisedLeaf[],
      batch: number,
      session: ClientSession,
    ): Promise<void> {
      const documents = promised.map(({ hash, publicKey, leaf }): LeafDocument => ({
        _id: binary(hash),
        poll,
        ...(publicKey && { key: binary(publicKey) }),
        leaf: binary(leaf),
        batch,
      }));
      await leaves().insertMany(documents, { session });
    },
  };
}

function reading(leaves: Leaves) {
  return {
    /** The leaves of the board in its order, from the first after the manifest on. */
    async *published(poll: string): AsyncGenerator<Uint8Array> {
      const found = leaves()
        .find({ poll, batch: { $gt: waiting } }, { projection: { leaf: 1 }, batchSize: 1_000 })
        .sort({ batch: 1, _id: 1 });
      for await (const { leaf } of found) yield leaf.value();
    },

    /** How many different keys cast a leaf that is on the board. */
    async keysOnBoard(poll: string): Promise<number> {
      const counted = leaves().aggregate<{ readonly keys: number }>(
        [
          { $match: { poll, batch: { $gt: waiting }, key: { $exists: true } } },
          { $group: { _id: '$key' } },
          { $count: 'keys' },
        ],
        { allowDiskUse: true },
      );
      return (await counted.toArray())[0]?.keys ?? 0;
    },
  };
}
