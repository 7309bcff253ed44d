import type { Page, PageQuery } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf, isDuplicate } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { Contest, ContestDecisionDocument, ContestDocument } from './contest.ts';

/** What somebody was not told yet of a contest. */
export type ContestNews = 'opened' | 'decided';

/** Whether a contest awaits its decision, and what was not told of it, is kept beside it; what it says never changes. */
type Stored = ContestDocument & { open: boolean; untold: ContestNews | null; overdueTold: boolean };
export type ContestToTell = Pick<
  Stored,
  '_id' | 'municipalityId' | 'personId' | 'dueAt' | 'untold' | 'overdueTold'
>;

/** Contests of performance records and their decisions: both are added, neither is changed. */
export function contestStore(connection: Connection) {
  const contests = collectionOf<Stored>(connection, 'recordcontests', [
    [{ municipalityId: 1, pilotId: 1, personId: 1, criterion: 1 }, { unique: true }],
    [{ municipalityId: 1, open: 1, at: 1, _id: 1 }],
    [{ untold: 1, _id: 1 }],
    [{ open: 1, overdueTold: 1, dueAt: 1 }],
  ]);
  const decisions = collectionOf<ContestDecisionDocument>(connection, 'recorddecisions', [
    [{ municipalityId: 1, pilotId: 1 }],
  ]);
  const refusing = (code: string) => (error: unknown) => {
    throw isDuplicate(error) ? new DomainError(code) : error;
  };
  const decided = async (found: readonly ContestDocument[]): Promise<Contest[]> => {
    const ids = found.map(({ _id }) => _id);
    const known = new Map(
      (await decisions.find({ _id: { $in: ids } }).toArray()).map((one) => [one._id, one]),
    );
    return found.map((one) => ({ ...one, decision: known.get(one._id) ?? null }));
  };
  return {
    /** @throws DomainError `already-contested` */
    async insert(session: ClientSession, contest: ContestDocument): Promise<void> {
      const opened: Stored = { ...contest, open: true, untold: 'opened', overdueTold: false };
      await contests.insertOne(opened, { session }).catch(refusing('already-contested'));
    },
    /** @throws DomainError `already-decided` */
    async decide(session: ClientSession, decision: ContestDecisionDocument): Promise<void> {
      await decisions.insertOne(decision, { session }).catch(refusing('already-decided'));
      await contests.updateOne(
        { _id: decision._id },
        { $set: { open: false, untold: 'decided' } },
        { session },
      );
    },
    find: (_id: string): Promise<ContestToTell | null> => contests.findOne({ _id }),
    untold: (limit: number): Promise<ContestToTell[]> =>
      contests
        .find({ untold: { $in: ['opened', 'decided'] } })
        .sort({ untold: 1, _id: 1 })
        .limit(limit)
        .toArray(),
    /** Open contests whose time is over, of which nobody was told that. */
    late: (now: string, limit: number): Promise<ContestToTell[]> =>
      contests
        .find({ open: true, overdueTold: false, dueAt: { $lt: now } })
        .sort({ dueAt: 1 })
        .limit(limit)
        .toArray(),
    async told(_id: string, untold: ContestNews): Promise<void> {
      await contests.updateOne({ _id, untold }, { $set: { untold: null } });
    },
    async toldLate(_id: string): Promise<void> {
      await contests.updateOne({ _id }, { $set: { overdueTold: true } });
    },
    /** @throws DomainError `not-found` in another municipality too. */
    async get(municipalityId: string, _id: string): Promise<Contest> {
      const found = await contests.findOne({ _id, municipalityId });
      if (!found) throw new DomainError('not-found');
      return (await decided([found]))[0]!;
    },
    ofPeople: async (municipalityId: string, pilotId: string, personIds: readonly string[]) =>
      decided(await contests.find({ municipalityId, pilotId, personId: { $in: [...personIds] } }).toArray()),
    async listOpen(municipalityId: string, query: PageQuery): Promise<Page<Contest>> {
      const page = await pageOldestFirst(contests, { municipalityId, open: true }, query);
      return { items: await decided(page.items), next: page.next };
    },
  };
}
