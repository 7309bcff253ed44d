import type { PageQuery, TextRef } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';
import type { Stored } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { ObservationDocument } from './observation.ts';

export interface MeasurementDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  pilotId: string;
  collections: { name: string; after: string }[];
  phase: string;
  /** The assessor who closed it early. */
  closedBy: string | null;
  at: string;
}

export interface FeedDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  criterionId: string;
  name: string;
  /** Who made it and so knows its token. */
  createdBy: string;
  tokenSha256: string;
  revoked: boolean;
  at: string;
}

/** That readings of a feed count no more, and why. */
export interface WithdrawalDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  feedId: string;
  /** Those received since; null: all. */
  since: string | null;
  reason: TextRef;
  by: string;
  at: string;
}

export interface SideEffectDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  direction: 'good' | 'bad';
  title: string;
  evidence: TextRef;
  reportedBy: string;
  points: string | null;
  pointsReason: TextRef | null;
  pointsBy: string | null;
  outcome: 'open' | 'accepted' | 'rejected';
  at: string;
}

/** Observations that count: neither corrected nor withdrawn. */
const STANDING = { correctedBy: null, withdrawnBy: null };

/** Measurements, observations, data feeds, withdrawals and side effects. */
export function measurementStore(connection: Connection) {
  const measurements = collectionOf<MeasurementDocument>(connection, 'measurements', [
    [{ projectId: 1 }, { unique: true }],
  ]);
  const observations = collectionOf<ObservationDocument>(connection, 'observations', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
    [
      { projectId: 1, readingKey: 1 },
      { unique: true, partialFilterExpression: STANDING },
    ],
    [{ projectId: 1, recordedBy: 1 }, { partialFilterExpression: STANDING }],
    [{ recordedBy: 1, collection: 1, at: 1 }],
  ]);
  const feeds = collectionOf<FeedDocument>(connection, 'feeds', [[{ projectId: 1, createdBy: 1 }]]);
  const withdrawals = collectionOf<WithdrawalDocument>(connection, 'withdrawals', [
    [{ projectId: 1, by: 1 }],
  ]);
  const sideEffects = collectionOf<SideEffectDocument>(connection, 'sideeffects', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
    [{ projectId: 1, points: 1 }],
  ]);
  const inSession = (session?: ClientSession) => (session ? { session } : {});
  const found = <T>(one: T | null): T => {
    if (!one) throw new DomainError('not-found');
    return one;
  };

  return {
    insertMeasurement: (session: ClientSession, one: MeasurementDocument) =>
      measurements.insertOne(one, { session }),
    measurementOf: (projectId: string, session?: ClientSession) =>
      measurements.findOne({ projectId }, inSession(session)),
    getMeasurement: async (municipalityId: string, _id: string) =>
      found(await measurements.findOne({ _id, municipalityId })) as MeasurementDocument,
    measurementById: async (_id: string) => found(await measurements.findOne({ _id })) as MeasurementDocument,
    closedBy: (session: ClientSession, _id: string, closedBy: string) =>
      measurements.updateOne({ _id }, { $set: { closedBy } }, { session }),
    enterPhase: (session: ClientSession, _id: string, phase: string) =>
      measurements.updateOne({ _id }, { $set: { phase } }, { session }),

    insertObservations: (session: ClientSession, many: ObservationDocument[]) =>
      observations.insertMany(many, { session }),
    /** Those of the ids that there are, corrected and withdrawn ones included. */
    knownObservations: async (ids: readonly string[], session: ClientSession) =>
      new Map(
        (await observations.find({ _id: { $in: [...ids] } }, { session }).toArray()).map((one) => [
          one._id,
          one,
        ]),
      ),
    /** Those of the keys under which an observation stands. */
    standingKeys: async (projectId: string, keys: readonly string[], session: ClientSession) =>
      new Set(
        (
          await observations
            .find({ projectId, readingKey: { $in: [...keys] }, ...STANDING }, { session })
            .toArray()
        ).map(({ readingKey }) => readingKey),
      ),
    findObservation: (projectId: string, _id: string, session: ClientSession) =>
      observations.findOne({ _id, projectId }, { session }),
    markCorrected: (session: ClientSession, _id: string, correctedBy: string) =>
      observations.updateOne({ _id }, { $set: { correctedBy } }, { session }),
    ...feedReadings({ observations, withdrawals }),
    /** Without those that a later observation corrects, or that were withdrawn. */
    standing: (projectId: string, session?: ClientSession) =>
      observations
        .find({ projectId, ...STANDING }, inSession(session))
        .sort({ observedAt: 1, _id: 1 })
        .toArray() as Promise<ObservationDocument[]>,
    listObservations: (
      municipalityId: string,
      projectId: string,
      criterionId: string | undefined,
      query: PageQuery,
    ) =>
      pageOldestFirst(
        observations,
        { municipalityId, projectId, ...(criterionId ? { criterionId } : {}) },
        query,
      ),

    insertFeed: (session: ClientSession, feed: FeedDocument) => feeds.insertOne(feed, { session }),
    getFeed: async (municipalityId: string, _id: string, session?: ClientSession) =>
      found(await feeds.findOne({ _id, municipalityId }, inSession(session))) as FeedDocument,
    feedsOf: (projectId: string) => feeds.find({ projectId }).toArray(),
    revokeFeed: (session: ClientSession, _id: string) =>
      feeds.updateOne({ _id }, { $set: { revoked: true } }, { session }),

    insertSideEffect: (session: ClientSession, one: SideEffectDocument) =>
      sideEffects.insertOne(one, { session }),
    getSideEffect: async (municipalityId: string, _id: string, session?: ClientSession) =>
      found(await sideEffects.findOne({ _id, municipalityId }, inSession(session))) as SideEffectDocument,
    changeSideEffect: (session: ClientSession, _id: string, set: Partial<SideEffectDocument>) =>
      sideEffects.updateOne({ _id }, { $set: set }, { session }),
    listSideEffects: (municipalityId: string, projectId: string, query: PageQuery) =>
      pageOldestFirst(sideEffects, { municipalityId, projectId }, query),
    measurersAmong: measurersOf({ measurements, observations, feeds, withdrawals, sideEffects }),
    /** Those on which an assessor proposed points, in a stable order. */
    pointedSideEffects: (projectId: string, session?: ClientSession) =>
      sideEffects
        .find({ projectId, points: { $ne: null } }, inSession(session))
        .sort({ at: 1, _id: 1 })
        .toArray() as Promise<SideEffectDocument[]>,
  };
}

interface Collections {
  readonly measurements: Stored<MeasurementDocument>;
  readonly observations: Stored<ObservationDocument>;
  readonly feeds: Stored<FeedDocument>;
  readonly withdrawals: Stored<WithdrawalDocument>;
  readonly sideEffects: Stored<SideEffectDocument>;
}

/** What feeds delivered, and its withdrawal. */
const feedReadings = ({ observations, withdrawals }: Pick<Collections, 'observations' | 'withdrawals'>) => ({
  /** How many a feed delivered of each collection, corrected and withdrawn ones included. */
  deliveredBy: async (feedId: string, collections: readonly string[], session: ClientSession) =>
    new Map(
      await Promise.all(
        collections.map(
          async (collection) =>
            [
              collection,
              await observations.countDocuments({ recordedBy: feedId, collection }, { session }),
            ] as const,
        ),
      ),
    ),
  /** @returns how many stood until now */
  withdraw: async (session: ClientSession, withdrawal: WithdrawalDocument): Promise<number> => {
    const { _id: withdrawnBy, feedId, since } = withdrawal;
    const received = since === null ? {} : { at: { $gte: since } };
    const those = { recordedBy: feedId, ...received, ...STANDING };
    const { modifiedCount } = await observations.updateMany(those, { $set: { withdrawnBy } }, { session });
    if (modifiedCount > 0) await withdrawals.insertOne(withdrawal, { session });
    return modifiedCount;
  },
  withdrawalsAmong: async (ids: readonly string[]) =>
    new Map(
      (await withdrawals.find({ _id: { $in: [...ids] } }).toArray()).map((one) => [one._id, one]),
    ) as ReadonlyMap<string, WithdrawalDocument>,
});

/** Which of some people have an open feed, closed a measurement early, withdrew readings, or stated readings or points that stand. */
const measurersOf =
  ({ measurements, observations, feeds, withdrawals, sideEffects }: Collections) =>
  async (
    projectIds: readonly string[],
    personIds: readonly string[],
    session?: ClientSession,
  ): Promise<string[]> => {
    const projectId = { $in: [...projectIds] };
    const person = { $in: [...personIds] };
    const options = session ? { session } : {};
    const owned = await feeds.find({ projectId, createdBy: person }, options).toArray();
    const recordedBy = { $in: [...personIds, ...owned.map(({ _id }) => _id)] };
    const standing = { projectId, recordedBy, ...STANDING };
    const recorders = await observations.distinct('recordedBy', standing, options);
    const pointers = await sideEffects.distinct('pointsBy', { projectId, pointsBy: person }, options);
    const closers = await measurements.distinct('closedBy', { projectId, closedBy: person }, options);
    const withdrawers = await withdrawals.distinct('by', { projectId, by: person }, options);
    const feeding = owned.filter(({ _id, revoked }) => !revoked || recorders.includes(_id));
    const found = new Set([
      ...recorders,
      ...pointers,
      ...closers,
      ...withdrawers,
      ...feeding.map((one) => one.createdBy),
    ]);
    return personIds.filter((personId) => found.has(personId));
  };
