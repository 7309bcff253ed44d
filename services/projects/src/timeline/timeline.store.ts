import type { Money, PageQuery } from '@talkoot/api-contracts';
import { payoutDueV1 } from '@talkoot/event-contracts';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { About, TimelineDocument } from './timeline.ts';

/** What one payee gets of a project. */
export interface Owed {
  readonly projectId: string;
  readonly payeeRole: string;
  readonly amount: Money;
}

/** The timelines: a projection of events, built anew at any time. */
export function timelineStore(connection: Connection) {
  const entries = collectionOf<TimelineDocument>(connection, 'timeline', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
    [{ municipalityId: 1, roundId: 1, projectId: 1, at: 1 }],
    [{ subject: 1, at: 1 }],
  ]);
  const generations = collectionOf<{ _id: string; number: number }>(connection, 'timelinegenerations');
  return {
    put: (session: ClientSession, { _id, ...entry }: TimelineDocument) =>
      entries.replaceOne({ _id }, entry, { session, upsert: true }),
    /** What is known of a subject from its earlier events. */
    async aboutSubject(session: ClientSession, subject: string): Promise<About | null> {
      const known = await entries.findOne({ subject, pilotId: { $ne: null } }, { session, sort: { at: 1 } });
      return known && { pilotId: known.pilotId, roundId: known.roundId, projectId: known.projectId };
    },
    /** A project's own events, and those of its round and the round's poll. */
    list: (municipalityId: string, project: { _id: string; roundId: string }, query: PageQuery) =>
      pageOldestFirst(
        entries,
        {
          municipalityId,
          $or: [{ projectId: project._id }, { projectId: null, roundId: project.roundId }],
        },
        query,
      ),
    /** What projects owe to whom, by role: each obligation once, whatever became of it. */
    async owedBy(municipalityId: string, projectIds: readonly string[]): Promise<Owed[]> {
      const found = await entries
        .find({ municipalityId, projectId: { $in: [...projectIds] }, type: payoutDueV1.type })
        .toArray();
      return found.map(({ projectId, data }) => ({
        projectId: projectId!,
        payeeRole: data['payeeRole'] as string,
        amount: data['amount'] as Money,
      }));
    },
    /** Entries of one source go; those of others are written over as they are read again. */
    clear: async (source: string): Promise<void> => {
      await entries.deleteMany({ source });
    },
    count: () => entries.countDocuments({}),
    async generation(): Promise<number> {
      return (await generations.findOne({ _id: 'timeline' }))?.number ?? 1;
    },
    async nextGeneration(): Promise<number> {
      const next = await generations.findOneAndUpdate(
        { _id: 'timeline' },
        [{ $set: { number: { $add: [{ $ifNull: ['$number', 1] }, 1] } } }],
        { upsert: true, returnDocument: 'after' },
      );
      return next!.number;
    },
  };
}
export type TimelineStore = ReturnType<typeof timelineStore>;
