import type { Money, TextRef } from '@talkoot/api-contracts';
import type { PageQuery } from '@talkoot/api-contracts';
import type { Charter } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { Grant } from './permission.ts';

export interface Permission {
  limit: Money;
  grant: Grant;
  cap: Money | null;
  expiresAt: string;
  fiscalYear: number;
  charterSha256: string;
  at: string;
}

export interface PilotDocument {
  _id: string;
  municipalityId: string;
  name: string;
  charter: Charter;
  charterSha256: string;
  version: number;
  phase: string;
  permission: Permission | null;
  reasons: { step: string; text: TextRef }[];
  report: TextRef | null;
  /** When its evaluation began; from then on performance records are contested and exported. */
  evaluatingSince: string | null;
  /** Counts the rounds, so that two opened at once collide. */
  rounds: number;
  at: string;
}

export interface AmendmentDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  charter: Charter;
  charterSha256: string;
  reason: TextRef;
  /** `prepared` until the lifecycle took the proposal in. */
  state: 'prepared' | 'proposed' | 'in-force';
  at: string;
}

export interface OrdinaryProjectDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  name: string;
  daysToStaff: number;
  civilServantHours: number;
  allHours: number;
  at: string;
}

/** Pilots, amendments of their charters, and the ordinary projects they are compared with. */
export function pilotStore(connection: Connection) {
  const pilots = collectionOf<PilotDocument>(connection, 'pilots', [[{ municipalityId: 1, at: 1, _id: 1 }]]);
  const amendments = collectionOf<AmendmentDocument>(connection, 'amendments', [
    [{ municipalityId: 1, pilotId: 1, at: 1 }],
  ]);
  const ordinary = collectionOf<OrdinaryProjectDocument>(connection, 'ordinaryprojects', [
    [{ municipalityId: 1, pilotId: 1 }],
  ]);
  return {
    insert: (session: ClientSession, pilot: PilotDocument) => pilots.insertOne(pilot, { session }),

    /** @throws DomainError `not-found` in another municipality too. */
    async get(municipalityId: string, pilotId: string, session?: ClientSession): Promise<PilotDocument> {
      const pilot = await pilots.findOne({ _id: pilotId, municipalityId }, { ...(session && { session }) });
      if (!pilot) throw new DomainError('not-found');
      return pilot;
    },

    /** For the worker and other services, which know the pilot by its id alone. */
    async byId(pilotId: string): Promise<PilotDocument> {
      const pilot = await pilots.findOne({ _id: pilotId });
      if (!pilot) throw new DomainError('not-found');
      return pilot;
    },

    list: (municipalityId: string, query: PageQuery) => pageOldestFirst(pilots, { municipalityId }, query),

    /** @throws DomainError `stale-edit` when another version or phase is there by now. */
    async replaceCharter(pilot: PilotDocument, charter: Charter, charterSha256: string): Promise<void> {
      const { _id, municipalityId, version, phase } = pilot;
      const done = await pilots.updateOne(
        { _id, municipalityId, version, phase },
        { $set: { charter, charterSha256 }, $inc: { version: 1 } },
      );
      if (done.matchedCount === 0) throw new DomainError('stale-edit');
    },

    async change(
      session: ClientSession,
      pilotId: string,
      set: Partial<PilotDocument>,
      reason?: { step: string; text: TextRef } | null,
    ): Promise<void> {
      await pilots.updateOne(
        { _id: pilotId },
        { $set: set, ...(reason ? { $push: { reasons: reason } } : {}) },
        { session },
      );
    },

    countRound: (session: ClientSession, pilotId: string) =>
      pilots.updateOne({ _id: pilotId }, { $inc: { rounds: 1 } }, { session }),

    async prepareAmendment(amendment: AmendmentDocument): Promise<void> {
      const { _id, ...rest } = amendment;
      await amendments.updateOne({ _id }, { $setOnInsert: rest }, { upsert: true });
    },
    async amendment(municipalityId: string, pilotId: string, _id: string, session?: ClientSession) {
      const found = await amendments.findOne(
        { _id, municipalityId, pilotId, state: { $ne: 'prepared' } },
        { ...(session && { session }) },
      );
      if (!found) throw new DomainError('not-found');
      return found;
    },
    settleAmendment: (session: ClientSession, _id: string, state: AmendmentDocument['state']) =>
      amendments.findOneAndUpdate({ _id }, { $set: { state } }, { session, returnDocument: 'after' }),
    listAmendments: (municipalityId: string, pilotId: string, query: PageQuery) =>
      pageOldestFirst(amendments, { municipalityId, pilotId, state: { $ne: 'prepared' } }, query),

    insertOrdinary: (session: ClientSession, project: OrdinaryProjectDocument) =>
      ordinary.insertOne(project, { session }),
    listOrdinary: (municipalityId: string, pilotId: string) =>
      ordinary.find({ municipalityId, pilotId }).limit(10_000).toArray(),
  };
}
