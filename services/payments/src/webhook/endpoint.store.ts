import type { WebhookDisabledReason, WebhookEventType } from '@talkoot/api-contracts/payments';
import type { ClientSession, Connection } from 'mongoose';
import { ignoreExisting } from '../ledger/ledger.store.ts';
import type { VaultSealed } from '../payee/vault.ts';

export interface EndpointDocument {
  _id: string;
  municipalityId: string;
  url: string;
  types: WebhookEventType[];
  state: 'active' | 'disabled' | 'removed';
  disabled: { reason: WebhookDisabledReason; at: Date } | null;
  /** The newest first, at most two. */
  secrets: { sealed: VaultSealed; createdAt: Date; validUntil: Date | null }[];
  /** Failed attempts since anything was accepted. */
  failures: number;
  failingSince: Date | null;
  restsUntil: Date | null;
  replay: Replay | null;
  createdBy: string;
  createdAt: Date;
  /** A removed endpoint stays as a trace of who was told, from when to when. */
  removed: { by: string; at: Date } | null;
}

/** What is sent again, and how far that has come. */
export interface Replay {
  readonly since: Date | null;
  readonly eventId: string | null;
  readonly askedAt: Date;
  readonly afterId: string | null;
}

interface RegistrationsDocument {
  /** The municipality. */
  _id: string;
  /** How many were ever registered: written by each registration, so that two of them are serialised. */
  made: number;
}
const REGISTRATIONS = 'webhookregistrations';

export async function prepareEndpoints(connection: Connection): Promise<void> {
  await connection.createCollection(REGISTRATIONS).catch(ignoreExisting);
  const endpoints = connection.collection<EndpointDocument>('webhookendpoints');
  await endpoints.createIndex({ municipalityId: 1, _id: 1 });
  await endpoints.createIndex({ state: 1, _id: 1 });
}

/** Who is told of payouts, where, and how that goes. */
export function endpointStore(connection: Connection) {
  const endpoints = connection.collection<EndpointDocument>('webhookendpoints');
  const registrations = connection.collection<RegistrationsDocument>(REGISTRATIONS);
  const known = { state: { $ne: 'removed' as const } };
  const inside = (session?: ClientSession) => (session ? { session } : {});
  return {
    insert: (endpoint: EndpointDocument, session: ClientSession) =>
      endpoints.insertOne(endpoint, { session }),
    find: (municipalityId: string, endpointId: string, session?: ClientSession) =>
      endpoints.findOne({ _id: endpointId, municipalityId, ...known }, inside(session)),
    read: (endpointId: string, session: ClientSession) =>
      endpoints.findOne({ _id: endpointId, ...known }, { session }),
    /** How many a municipality has; until the transaction ends, nobody else counts them to add one. */
    async countToAdd(municipalityId: string, session: ClientSession): Promise<number> {
      await registrations.updateOne(
        { _id: municipalityId },
        { $inc: { made: 1 } },
        { session, upsert: true },
      );
      return endpoints.countDocuments({ municipalityId, ...known }, { session });
    },
    list: (municipalityId: string, after: string | undefined, limit: number) =>
      endpoints
        .find({ municipalityId, ...known, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    /** Everybody in these municipalities who is to be told, now or once enabled again. */
    ofMunicipalities: (ids: readonly string[], session: ClientSession) =>
      endpoints.find({ municipalityId: { $in: [...ids] }, ...known }, { session }).toArray(),
    /** Active ones that do not rest, in the order of their ids from `after` on. */
    active: (now: Date) =>
      endpoints
        .find({ state: 'active', $or: [{ restsUntil: null }, { restsUntil: { $lte: now } }] })
        .sort({ _id: 1 })
        .toArray(),
    /** Some whose secrets an earlier key of the vault has sealed. */
    sealedBefore: (keyId: string, limit: number) =>
      endpoints
        .find({ ...known, secrets: { $elemMatch: { 'sealed.by': { $ne: keyId } } } })
        .limit(limit)
        .toArray(),
    withReplay: () =>
      endpoints.findOne({ replay: { $ne: null }, ...known }, { sort: { 'replay.askedAt': 1 } }),
    async set(endpointId: string, change: Partial<EndpointDocument>, session?: ClientSession): Promise<void> {
      await endpoints.updateOne({ _id: endpointId, ...known }, { $set: change }, inside(session));
    },
  };
}
export type EndpointStore = ReturnType<typeof endpointStore>;
