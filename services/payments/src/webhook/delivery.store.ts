import type { webhookDeliveryStates, WebhookEventType } from '@talkoot/api-contracts/payments';
import type { ClientSession, Connection, mongo } from 'mongoose';
import type { Queued } from './delivery.queue.ts';

export interface DeliveryDocument {
  /** `<endpoint>/<event id>`: an endpoint has one delivery of each event. */
  _id: string;
  endpointId: string;
  eventId: string;
  type: WebhookEventType;
  obligationId: string;
  state: (typeof webhookDeliveryStates)[number];
  /** The delivery of this obligation that goes when this one has ended. */
  next: string | null;
  attempts: number;
  firstAttemptAt: Date | null;
  lastAttemptAt: Date | null;
  nextAt: Date;
  lastStatus: number | null;
  lastError: string | null;
  queuedAt: Date;
  deliveredAt: Date | null;
  /** When it is forgotten; the event itself stays in the outbox. */
  expiresAt: Date | null;
}

export const unfinished = ['waiting', 'behind'] as const;

const collection = (connection: Connection) => connection.collection<DeliveryDocument>('webhookdeliveries');

export async function prepareDeliveries(connection: Connection): Promise<void> {
  const deliveries = collection(connection);
  await deliveries.createIndex({ endpointId: 1, state: 1, nextAt: 1 });
  await deliveries.createIndex({ endpointId: 1, obligationId: 1 });
  await deliveries.createIndex({ endpointId: 1, queuedAt: -1, _id: -1 });
  await deliveries.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
}

/** Which event went to which endpoint, or is to go there. */
export function deliveryStore(connection: Connection) {
  const deliveries = collection(connection);
  return {
    findMany: (ids: readonly string[], session: ClientSession) =>
      deliveries.find({ _id: { $in: [...ids] } }, { session }).toArray(),
    /** The last unfinished delivery of each of these obligations. */
    tails: (endpointId: string, obligationIds: readonly string[], session: ClientSession) =>
      deliveries
        .find(
          {
            endpointId,
            obligationId: { $in: [...obligationIds] },
            state: { $in: [...unfinished] },
            next: null,
          },
          { session },
        )
        .toArray(),
    async queue({ documents, links }: Queued, session: ClientSession): Promise<void> {
      const writes: mongo.AnyBulkWriteOperation<DeliveryDocument>[] = [
        ...documents.map((document) => ({
          replaceOne: { filter: { _id: document._id }, replacement: document, upsert: true },
        })),
        // A delivery that ends at this moment has this write conflict with its own: none is left behind for ever.
        ...[...links].map(([_id, next]) => ({ updateOne: { filter: { _id }, update: { $set: { next } } } })),
      ];
      if (writes.length > 0) await deliveries.bulkWrite(writes, { session });
    },
    due: (endpointId: string, now: Date, underWay: readonly string[], limit: number) =>
      deliveries
        .find({ endpointId, state: 'waiting', nextAt: { $lte: now }, _id: { $nin: [...underWay] } })
        .sort({ nextAt: 1 })
        .limit(limit)
        .toArray(),
    /** Writes what became of an attempt, unless the delivery has changed since. @returns it, as it was read */
    update: (
      { _id, attempts }: Pick<DeliveryDocument, '_id' | 'attempts'>,
      change: Partial<DeliveryDocument>,
      session: ClientSession,
    ) => deliveries.findOneAndUpdate({ _id, attempts, state: 'waiting' }, { $set: change }, { session }),
    async release(deliveryId: string, now: Date, session: ClientSession): Promise<void> {
      await deliveries.updateOne(
        { _id: deliveryId, state: 'behind' },
        { $set: { state: 'waiting', nextAt: now } },
        { session },
      );
    },
    /** What waits begins anew, now. */
    async startOver(endpointId: string, now: Date, session: ClientSession): Promise<void> {
      const anew = { attempts: 0, firstAttemptAt: null, nextAt: now };
      await deliveries.updateMany({ endpointId, state: 'waiting' }, { $set: anew }, { session });
    },
    countUnfinished: (endpointId: string) =>
      deliveries.countDocuments({ endpointId, state: { $in: [...unfinished] } }, { limit: 10_000 }),
    list(
      filter: { readonly endpointId: string; readonly state?: DeliveryDocument['state'] | undefined },
      after: readonly [string, string] | undefined,
      limit: number,
    ) {
      const { endpointId, state } = filter;
      const queuedAt = new Date(after?.[0] ?? 0);
      const beyond = [{ queuedAt: { $lt: queuedAt } }, { queuedAt, _id: { $lt: after?.[1] ?? '' } }];
      return deliveries
        .find({ endpointId, ...(state ? { state } : {}), ...(after ? { $or: beyond } : {}) })
        .sort({ queuedAt: -1, _id: -1 })
        .limit(limit)
        .toArray();
    },
    async forget(endpointId: string, session: ClientSession): Promise<void> {
      await deliveries.deleteMany({ endpointId }, { session });
    },
  };
}
export type DeliveryStore = ReturnType<typeof deliveryStore>;
