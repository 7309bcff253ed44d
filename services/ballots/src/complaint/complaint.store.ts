import { mongo, Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';

/** A complaint names nobody and has no time; the collection is clustered by the leaf hash. */
interface ComplaintDocument {
  /** Hash of the leaf. */
  _id: mongo.Binary;
  poll: string;
  leaf: mongo.Binary;
  promise: mongo.Binary;
  /** Absent where the leaf passes no check. */
  key?: mongo.Binary;
}

const schema = new Schema<ComplaintDocument>(
  { _id: Buffer as never, poll: String, leaf: Buffer, promise: Buffer, key: Buffer },
  { versionKey: false, collection: 'complaints' },
);
// Mongoose knows this option; its types do not.
schema.set('clusteredIndex' as never, { key: { _id: 1 }, unique: true, name: 'leaf hash' } as never);
schema.index({ poll: 1, _id: 1 });

export interface KeptComplaint {
  readonly hash: Uint8Array;
  readonly leaf: Uint8Array;
  readonly promise: Uint8Array;
  /** Of the leaf; null where it passes no check. */
  readonly publicKey: Uint8Array | null;
}

const binary = (bytes: Uint8Array) => new mongo.Binary(bytes);

export function complaintStore(connection: Connection) {
  const model = connection.model<ComplaintDocument>('Complaint', schema);
  const complaints = () => model.collection as unknown as mongo.Collection<ComplaintDocument>;
  return {
    async isKept(poll: string, hash: Uint8Array, session?: ClientSession): Promise<boolean> {
      const options = { projection: { _id: 1 }, ...(session && { session }) };
      return (await complaints().findOne({ _id: binary(hash), poll }, options)) !== null;
    },

    async add(
      poll: string,
      { hash, leaf, promise, publicKey }: KeptComplaint,
      session: ClientSession,
    ): Promise<void> {
      const key = publicKey && { key: binary(publicKey) };
      const document = { _id: binary(hash), poll, leaf: binary(leaf), promise: binary(promise), ...key };
      await complaints().insertOne(document, { session });
    },

    /** All complaints of a poll, by the hash of their leaf. */
    async all(poll: string, session?: ClientSession): Promise<KeptComplaint[]> {
      const found = complaints()
        .find({ poll }, session ? { session } : {})
        .sort({ _id: 1 });
      return (await found.toArray()).map(({ _id, leaf, promise, key }) => ({
        hash: _id.value(),
        leaf: leaf.value(),
        promise: promise.value(),
        publicKey: key?.value() ?? null,
      }));
    },
  };
}
export type ComplaintStore = ReturnType<typeof complaintStore>;
