import { mongo, Schema } from 'mongoose';
import type { Connection } from 'mongoose';

/**
 * A leaf that was given to the relay. Its id is its hash; there is no ObjectId, no time and no counter, and the collection is
 * clustered by the id, as the board's own (docs/decisions/0072).
 */
interface KeptLeafDocument {
  _id: mongo.Binary;
  poll: string;
  /** These three are there until the poll is over. */
  key?: mongo.Binary;
  sequence?: number;
  leaf?: mongo.Binary;
  /** Of the board. */
  promise?: mongo.Binary;
  /** It was promised, and looked for in vain on the closed board. */
  missing?: true;
}

const schema = new Schema<KeptLeafDocument>(
  {
    _id: Buffer as never,
    poll: String,
    key: Buffer,
    sequence: Number,
    leaf: Buffer,
    promise: Buffer,
    missing: Boolean as never,
  },
  { versionKey: false, collection: 'kept_leaves' },
);
// Mongoose knows this option; its types do not.
schema.set('clusteredIndex' as never, { key: { _id: 1 }, unique: true, name: 'leaf hash' } as never);
// One voter can fill no more than their fifty places.
schema.index(
  { poll: 1, key: 1, sequence: 1 },
  { unique: true, partialFilterExpression: { sequence: { $exists: true } } },
);
schema.index({ poll: 1, _id: 1 });

export interface KeptLeaf {
  readonly hash: Uint8Array;
  readonly leaf: Uint8Array;
  readonly promise: Uint8Array | null;
}

export interface NewLeaf {
  readonly hash: Uint8Array;
  readonly poll: string;
  readonly publicKey: Uint8Array;
  readonly sequence: number;
  readonly bytes: Uint8Array;
}

export interface MissingLeaf {
  readonly hash: Uint8Array;
  readonly promise: Uint8Array | null;
}

const duplicateKey = 11_000;
/** Time a leaf may take to become durable, in milliseconds. */
const deadlineMs = 10_000;
const binary = (bytes: Uint8Array) => new mongo.Binary(bytes);
const bytesOf = (value: mongo.Binary | undefined) => (value ? value.value() : null);

type Leaves = () => mongo.Collection<KeptLeafDocument>;

export function keptLeafStore(connection: Connection) {
  const model = connection.model<KeptLeafDocument>('KeptLeaf', schema);
  const leaves: Leaves = () => model.collection as unknown as mongo.Collection<KeptLeafDocument>;
  return { ...keeping(leaves), ...reading(leaves) };
}
export type KeptLeafStore = ReturnType<typeof keptLeafStore>;

function keeping(leaves: Leaves) {
  return {
    /**
     * Durable when this resolves; `taken`: another leaf has its key and sequence here.
     * @throws whatever kept it from becoming durable
     */
    async keep({ hash, poll, publicKey, sequence, bytes }: NewLeaf): Promise<'kept' | 'taken'> {
      const document = {
        _id: binary(hash),
        poll,
        key: binary(publicKey),
        sequence,
        leaf: binary(bytes),
      };
      try {
        await leaves().insertOne(document, { timeoutMS: deadlineMs });
        return 'kept';
      } catch (error) {
        if ((error as { code?: unknown }).code !== duplicateKey) throw error;
        const isSame = await leaves().findOne({ _id: binary(hash) }, { projection: { _id: 1 } });
        return isSame ? 'kept' : 'taken';
      }
    },

    async promise(hash: Uint8Array, promise: Uint8Array): Promise<void> {
      await leaves().updateOne({ _id: binary(hash) }, { $set: { promise: binary(promise) } });
    },

    async forget(hashes: readonly Uint8Array[]): Promise<void> {
      await leaves().deleteMany({ _id: { $in: hashes.map(binary) } });
    },

    async setMissing(hash: Uint8Array): Promise<void> {
      await leaves().updateOne({ _id: binary(hash) }, { $set: { missing: true } });
    },

    /** Of what is missing when a poll is over only the hashes stay, and the promises that were broken. */
    async reduce(poll: string): Promise<void> {
      await leaves().updateMany(
        { poll },
        { $set: { missing: true }, $unset: { key: 1, sequence: 1, leaf: 1 } },
      );
    },
  };
}

function reading(leaves: Leaves) {
  /** Of one poll, ascending by hash. */
  async function page(
    filter: mongo.Filter<KeptLeafDocument>,
    limit: number,
  ): Promise<(KeptLeafDocument & { _id: mongo.Binary })[]> {
    return leaves().find(filter).sort({ poll: 1, _id: 1 }).limit(limit).toArray();
  }

  return {
    /** Null if it is not here. */
    async find(poll: string, hash: Uint8Array): Promise<{ readonly promise: Uint8Array | null } | null> {
      const found = await leaves().findOne({ _id: binary(hash), poll });
      return found && { promise: bytesOf(found.promise) };
    },

    /** Those that can be handed on: without a promise, or those with one that are not known to be missing. */
    async waiting(
      poll: string,
      which: 'unpromised' | 'promised',
      { after, limit }: { readonly after?: Uint8Array; readonly limit: number },
    ): Promise<KeptLeaf[]> {
      const found = await page(
        {
          poll,
          leaf: { $exists: true },
          promise: { $exists: which === 'promised' },
          missing: { $exists: false },
          ...(after && { _id: { $gt: binary(after) } }),
        },
        limit,
      );
      return found.map(({ _id, leaf, promise }) => ({
        hash: _id.value(),
        leaf: leaf!.value(),
        promise: bytesOf(promise),
      }));
    },

    /** Ascending by hash. */
    async missing(poll: string, after: string | undefined, limit: number): Promise<MissingLeaf[]> {
      const found = await page(
        {
          poll,
          $or: [{ promise: { $exists: false } }, { missing: true }],
          ...(after !== undefined && { _id: { $gt: new mongo.Binary(Buffer.from(after, 'hex')) } }),
        },
        limit,
      );
      return found.map(({ _id, promise }) => ({ hash: _id.value(), promise: bytesOf(promise) }));
    },

    /** Hashes of all of a poll, in pages of a thousand. */
    async *hashes(poll: string): AsyncGenerator<Uint8Array> {
      const found = leaves()
        .find({ poll }, { projection: { _id: 1 }, batchSize: 1_000 })
        .hint({ poll: 1, _id: 1 });
      for await (const { _id } of found) yield _id.value();
    },

    count: (poll: string): Promise<number> =>
      leaves().countDocuments({ poll }, { hint: { poll: 1, _id: 1 } }),

    /** Polls that a leaf is kept of. */
    polls: (): Promise<string[]> => leaves().distinct('poll'),
  };
}
