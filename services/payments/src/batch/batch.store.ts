import type { BatchShape } from '@talkoot/api-contracts/payments';
import type { ClientSession, Connection } from 'mongoose';
import type { z } from 'zod';
import { ignoreExisting } from '../ledger/ledger.store.ts';
import type { Vault, VaultSealed } from '../payee/vault.ts';

export type BatchState = z.infer<typeof BatchShape>['state'];

export interface BatchDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  state: BatchState;
  sha256: string;
  total: number;
  currency: string;
  fiscalYear: number;
  lines: number;
  proposedBy: string;
  approvedBy: string | null;
  releasedBy: string | null;
  proposedAt: Date;
  /** Counts settlement imports: two of them that touch one batch conflict here. */
  settlements: number;
  /** The hash that was handed over, sealed by a key that is not in the database; null before. */
  handedOver: VaultSealed | null;
}

/** Three different people, whatever a program tries to write. */
const threePeople = {
  $expr: {
    $and: [
      { $ne: ['$proposedBy', '$approvedBy'] },
      { $ne: ['$proposedBy', '$releasedBy'] },
      { $or: [{ $eq: ['$releasedBy', null] }, { $ne: ['$releasedBy', '$approvedBy'] }] },
      { $or: [{ $eq: ['$releasedBy', null] }, { $ne: ['$approvedBy', null] }] },
    ],
  },
};

export async function prepareBatches(connection: Connection): Promise<void> {
  await connection.createCollection('batches').catch(ignoreExisting);
  await connection.db!.command({ collMod: 'batches', validator: threePeople });
  await connection.collection<BatchDocument>('batches').createIndex({ municipalityId: 1, _id: 1 });
}

/** Payout batches. The three people are different: each write says so in its filter, and the database checks it. */
export function batchStore(connection: Connection, vault: Vault) {
  const batches = connection.collection<BatchDocument>('batches');
  return {
    async insert(session: ClientSession, batch: BatchDocument): Promise<void> {
      await batches.insertOne(batch, { session });
    },
    find: (batchId: string, session?: ClientSession) =>
      batches.findOne({ _id: batchId }, session ? { session } : {}),
    list(
      filter: { municipalityId: string; state?: BatchState | undefined; pilotId?: string | undefined },
      after: string | undefined,
      limit: number,
    ) {
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      return batches
        .find({ ...given, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },
    async setState(session: ClientSession, batchId: string, state: BatchState): Promise<void> {
      await batches.updateOne({ _id: batchId }, { $set: { state } }, { session });
    },
    /** Makes concurrent transactions on one batch conflict, so that the later one sees what the earlier did. */
    async touch(session: ClientSession, batchId: string): Promise<void> {
      await batches.updateOne({ _id: batchId }, { $inc: { settlements: 1 } }, { session });
    },
    /** False when this person proposed the batch. */
    async approve(session: ClientSession, batchId: string, personId: string): Promise<boolean> {
      const filter = { _id: batchId, proposedBy: { $ne: personId } };
      const written = await batches.updateOne(filter, { $set: { approvedBy: personId } }, { session });
      return written.matchedCount === 1;
    },
    /** False when this person proposed or approved the batch. */
    async release(session: ClientSession, batchId: string, personId: string): Promise<boolean> {
      const filter = { _id: batchId, proposedBy: { $ne: personId }, approvedBy: { $nin: [personId, null] } };
      const written = await batches.updateOne(filter, { $set: { releasedBy: personId } }, { session });
      return written.matchedCount === 1;
    },
    /** Keeps the hash of what goes in transit so that nobody can write another one who has not the key of the vault. */
    async handOver(session: ClientSession, batchId: string, sha256: string): Promise<void> {
      const handedOver = vault.seal(sha256, handedOverIn(batchId));
      await batches.updateOne({ _id: batchId }, { $set: { handedOver } }, { session });
    },
    /** Whether the hash that is stored is the one that was handed over. */
    isHandedOver: (batch: BatchDocument): boolean => sealedHash(vault, batch) === batch.sha256,
    /** Ids of batches whose hash another than the current key seals. */
    async sealedBefore(limit: number): Promise<string[]> {
      const filter = { 'handedOver.by': { $nin: [null, vault.keyId] } };
      return (await batches.find(filter).limit(limit).toArray()).map(({ _id }) => _id);
    },
    /** Seals the hash of a batch by the current key; a seal that is none stays as it is, and nothing is paid by it. */
    async sealAnew(session: ClientSession, _id: string): Promise<void> {
      const batch = await batches.findOne({ _id }, { session });
      const sha256 = batch && sealedHash(vault, batch);
      if (!sha256) return;
      const handedOver = vault.seal(sha256, handedOverIn(_id));
      await batches.updateOne({ _id }, { $set: { handedOver } }, { session });
    },
  };
}
/** The hash that was handed over; null for a seal of another batch, or of nobody's making. */
function sealedHash(vault: Vault, { _id, handedOver }: BatchDocument): string | null {
  try {
    return handedOver && vault.open(handedOver, handedOverIn(_id));
  } catch {
    return null;
  }
}

/** Nothing else is sealed about a name like this. */
const handedOverIn = (batchId: string) => `handed over in ${batchId}`;
export type BatchStore = ReturnType<typeof batchStore>;
