import type { PageQuery, TextRef } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import { terminalPhases } from '@talkoot/workflow-contracts';
import type { ClientSession, Connection, mongo } from 'mongoose';
import { collectionOf, isDuplicate } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { ProjectDocument, ProposalText } from './project.ts';

interface VersionDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  version: number;
  content: ProposalText;
  at: string;
}
type Filter = mongo.Filter<ProjectDocument>;
type Update = mongo.UpdateFilter<ProjectDocument>;

/** Projects and the versions of their proposals. */
export function projectStore(connection: Connection) {
  const projects = collectionOf<ProjectDocument>(connection, 'projects', [
    [{ municipalityId: 1, at: 1, _id: 1 }],
    [{ municipalityId: 1, pilotId: 1, phase: 1 }],
    [{ pilotId: 1 }],
    [{ roundId: 1, phase: 1, _id: 1 }],
    [
      { municipalityId: 1, roundId: 1, externalId: 1 },
      { unique: true, partialFilterExpression: { externalId: { $type: 'string' } } },
    ],
    [{ municipalityId: 1, 'staff.civilServants.personId': 1 }],
    [{ municipalityId: 1, 'staff.former.personId': 1 }],
  ]);
  const versions = collectionOf<VersionDocument>(connection, 'proposalversions', [
    [{ municipalityId: 1, projectId: 1, version: 1 }, { unique: true }],
  ]);
  const inSession = (session?: ClientSession | null) => (session ? { session } : {});

  return {
    /** @throws DomainError `external-id-taken` */
    async insert(session: ClientSession, project: ProjectDocument): Promise<void> {
      await projects.insertOne(project, { session }).catch((error: unknown) => {
        throw isDuplicate(error) ? new DomainError('external-id-taken') : error;
      });
    },
    async keepVersion(session: ClientSession, project: ProjectDocument, at: string): Promise<void> {
      const { _id: projectId, municipalityId, version, content } = project;
      const _id = `${projectId}/${String(version).padStart(6, '0')}`;
      await versions.insertOne({ _id, municipalityId, projectId, version, content, at }, { session });
    },
    listVersions: (municipalityId: string, projectId: string, query: PageQuery) =>
      pageOldestFirst(versions, { municipalityId, projectId }, query),

    /** @throws DomainError `not-found` in another municipality too. */
    async get(municipalityId: string, projectId: string, session?: ClientSession): Promise<ProjectDocument> {
      const found = await projects.findOne({ _id: projectId, municipalityId }, inSession(session));
      if (!found) throw new DomainError('not-found');
      return found;
    },
    async byId(projectId: string, session?: ClientSession): Promise<ProjectDocument> {
      const found = await projects.findOne({ _id: projectId }, inSession(session));
      if (!found) throw new DomainError('not-found');
      return found;
    },
    list: (filter: Filter, query: PageQuery) => pageOldestFirst(projects, filter, query),

    /** Changes one project where the filter still holds; null when it does not. */
    change: (session: ClientSession | null, projectId: string, update: Update, still: Filter = {}) =>
      projects.findOneAndUpdate({ $and: [{ _id: projectId }, still] }, update, {
        ...inSession(session),
        returnDocument: 'after',
      }),
    addReason: (session: ClientSession, projectId: string, step: string, text: TextRef, at: string) =>
      projects.updateOne({ _id: projectId }, { $push: { reasons: { step, text, at } } }, { session }),

    /** Ids of the matching projects of a round, in order, for work in portions. */
    async idsInRound(roundId: string, filter: Filter): Promise<string[]> {
      const found = await projects
        .find({ $and: [{ roundId }, filter] }, { projection: { _id: 1 } })
        .sort({ _id: 1 })
        .toArray();
      return found.map(({ _id }) => _id);
    },
    pageInRound: (roundId: string, filter: Filter, after: string | undefined, limit: number) =>
      projects
        .find({ $and: [{ roundId }, filter, ...(after ? [{ _id: { $gt: after } }] : [])] })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    countInRound: (roundId: string, filter: Filter) =>
      projects.countDocuments({ $and: [{ roundId }, filter] }),
    countOpen: (municipalityId: string, pilotId: string) =>
      projects.countDocuments({
        municipalityId,
        pilotId,
        phase: { $nin: [...terminalPhases.project] },
      }),
    /** Projects of a pilot that may have been measured, or the given one of them. */
    async measuredIn(pilotId: string, projectId: string | null): Promise<string[]> {
      const one = projectId === null ? {} : { _id: projectId };
      const locked = await projects
        .find({ pilotId, lock: { $ne: null }, ...one }, { projection: { _id: 1 } })
        .toArray();
      return locked.map(({ _id }) => _id);
    },
    ofPilot: (municipalityId: string, pilotId: string) =>
      projects.find({ municipalityId, pilotId }).toArray(),
    /** Projects of a pilot to which one of these people, or anybody, is or was assigned. */
    staffedIn(municipalityId: string, pilotId: string, personIds?: readonly string[]) {
      const some = { $in: [...(personIds ?? [])] };
      const assigned = {
        $or: [{ 'staff.civilServants.personId': some }, { 'staff.former.personId': some }],
      };
      const filter = { municipalityId, pilotId, ...(personIds ? assigned : { staff: { $ne: null } }) };
      return projects.find(filter).sort({ _id: 1 }).toArray();
    },
  };
}
