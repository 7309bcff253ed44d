import type { Money, PageQuery } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';

export interface RoundDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  name: string;
  budget: Money;
  electorate: number;
  threshold: number;
  /** `prepared` until the pilot's lifecycle took the round in. */
  phase: string;
  /** Set before the proposals are told, so that none slips in afterwards. */
  ideasClosed: boolean;
  proposals: number;
  pollId: string | null;
  at: string;
}

export function roundStore(connection: Connection) {
  const rounds = collectionOf<RoundDocument>(connection, 'rounds', [
    [{ municipalityId: 1, pilotId: 1, at: 1, _id: 1 }],
    [{ municipalityId: 1, at: 1, _id: 1 }],
  ]);
  const opened = { phase: { $ne: 'prepared' } };
  return {
    insert: (session: ClientSession, round: RoundDocument) => rounds.insertOne(round, { session }),
    /** A round that the lifecycle refused never was. */
    forget: (roundId: string) => rounds.deleteOne({ _id: roundId, phase: 'prepared' }),
    prepared: (roundId: string, session?: ClientSession) =>
      rounds.findOne({ _id: roundId }, { ...(session && { session }) }),

    /** @throws DomainError `not-found` in another municipality too. */
    async get(municipalityId: string, roundId: string, session?: ClientSession): Promise<RoundDocument> {
      const found = await rounds.findOne(
        { _id: roundId, municipalityId, ...opened },
        { ...(session && { session }) },
      );
      if (!found) throw new DomainError('not-found');
      return found;
    },
    async byId(roundId: string): Promise<RoundDocument> {
      const found = await rounds.findOne({ _id: roundId, ...opened });
      if (!found) throw new DomainError('not-found');
      return found;
    },
    list: (municipalityId: string, pilotId: string | undefined, query: PageQuery) =>
      pageOldestFirst(rounds, { municipalityId, ...(pilotId ? { pilotId } : {}), ...opened }, query),
    ofPilot: (municipalityId: string, pilotId: string, session?: ClientSession) =>
      rounds.find({ municipalityId, pilotId }, { ...(session && { session }) }).toArray(),
    change: (session: ClientSession | null, roundId: string, set: Partial<RoundDocument>) =>
      rounds.updateOne({ _id: roundId }, { $set: set }, { ...(session && { session }) }),

    /** Counts a proposal while ideas are open; false when they are not. Collides with their closing. */
    async takeProposal(session: ClientSession, roundId: string): Promise<boolean> {
      const done = await rounds.updateOne(
        { _id: roundId, phase: 'ideas', ideasClosed: false },
        { $inc: { proposals: 1 } },
        { session },
      );
      return done.matchedCount === 1;
    },
  };
}
