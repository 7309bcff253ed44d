import type { PageQuery } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf, isDuplicate } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { Side } from '../proposal/project.ts';

export interface HoursDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  personId: string;
  side: Side;
  date: string;
  minutes: number;
  work: string;
  confirmedBy: string | null;
  at: string;
}

export interface SkillDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  teacher: string;
  taughtBy: Side;
  learner: string;
  skill: string;
  confirmed: boolean;
  at: string;
}

export interface RatingDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  milestoneId: string;
  rater: string;
  rated: string;
  stars: number;
  at: string;
}

/** Hours, skill exchanges and ratings of collaboration. */
export function deliveryStore(connection: Connection) {
  const hours = collectionOf<HoursDocument>(connection, 'hours', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
    [{ municipalityId: 1, personId: 1 }],
    [{ projectId: 1 }],
  ]);
  const skills = collectionOf<SkillDocument>(connection, 'skills', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
  ]);
  const ratings = collectionOf<RatingDocument>(connection, 'ratings', [
    [{ municipalityId: 1, projectId: 1, milestoneId: 1, rater: 1, rated: 1 }, { unique: true }],
    [{ municipalityId: 1, rated: 1 }],
  ]);
  const found = <T>(one: T | null): T => {
    if (!one) throw new DomainError('not-found');
    return one;
  };
  return {
    insertHours: (session: ClientSession, one: HoursDocument) => hours.insertOne(one, { session }),
    getHours: async (municipalityId: string, _id: string, session: ClientSession) =>
      found(await hours.findOne({ _id, municipalityId }, { session })) as HoursDocument,
    confirmHours: (session: ClientSession, _id: string, confirmedBy: string) =>
      hours.updateOne({ _id }, { $set: { confirmedBy } }, { session }),
    listHours: (municipalityId: string, projectId: string, query: PageQuery) =>
      pageOldestFirst(hours, { municipalityId, projectId }, query),
    confirmedHours: (municipalityId: string, projectIds: readonly string[], personIds?: readonly string[]) =>
      hours
        .find({
          municipalityId,
          projectId: { $in: [...projectIds] },
          confirmedBy: { $ne: null },
          ...(personIds && { personId: { $in: [...personIds] } }),
        })
        .toArray() as Promise<HoursDocument[]>,
    async minutesByPerson(projectId: string): Promise<Map<string, number>> {
      const sums = await hours
        .aggregate<{ _id: string; minutes: number }>([
          { $match: { projectId, confirmedBy: { $ne: null } } },
          { $group: { _id: '$personId', minutes: { $sum: '$minutes' } } },
        ])
        .toArray();
      return new Map(sums.map(({ _id, minutes }) => [_id, minutes]));
    },

    insertSkill: (session: ClientSession, one: SkillDocument) => skills.insertOne(one, { session }),
    getSkill: async (municipalityId: string, _id: string, session: ClientSession) =>
      found(await skills.findOne({ _id, municipalityId }, { session })) as SkillDocument,
    confirmSkill: (session: ClientSession, _id: string) =>
      skills.updateOne({ _id }, { $set: { confirmed: true } }, { session }),
    listSkills: (municipalityId: string, projectId: string, query: PageQuery) =>
      pageOldestFirst(skills, { municipalityId, projectId }, query),
    confirmedSkills: (municipalityId: string, projectIds: readonly string[]) =>
      skills
        .find({ municipalityId, projectId: { $in: [...projectIds] }, confirmed: true })
        .toArray() as Promise<SkillDocument[]>,

    /** @throws DomainError `already-rated` */
    async insertRating(session: ClientSession, one: RatingDocument): Promise<void> {
      await ratings.insertOne(one, { session }).catch((error: unknown) => {
        throw isDuplicate(error) ? new DomainError('already-rated') : error;
      });
    },
    /** Stars that these people were given. */
    ratingsIn: (municipalityId: string, projectIds: readonly string[], rated: readonly string[]) =>
      ratings
        .find({ municipalityId, projectId: { $in: [...projectIds] }, rated: { $in: [...rated] } })
        .toArray() as Promise<RatingDocument[]>,
  };
}
