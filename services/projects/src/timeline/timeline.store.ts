import type { Money, PageQuery } from '@talkoot/api-contracts';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { About, TimelineDocument } from './timeline.ts';

const SETTLED = 'org.talkoot.payout.settled.v1';
const RETURNED = 'org.talkoot.payout.returned.v1';

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
    /** Settled payouts of projects, and as negative amounts those that came back. */
    async paidTo(municipalityId: string, projectIds: readonly string[]): Promise<Money[]> {
      const types = { $in: [SETTLED, RETURNED] };
      const found = await entries
        .find({ municipalityId, projectId: { $in: [...projectIds] }, type: types })
        .toArray();
      return found.map(({ type, data }) => {
        const { amount, currency } = data['amount'] as Money;
        return { amount: type === RETURNED ? -amount : amount, currency };
      });
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
