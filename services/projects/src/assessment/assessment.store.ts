import type { PageQuery, TextRef } from '@talkoot/api-contracts';
import type { AssessmentDraft } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { collectionOf } from '../database/collection.ts';
import { pageOldestFirst } from '../database/page.ts';
import type { SideEffectDocument } from '../measurement/measurement.store.ts';

export interface AssessmentDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  assessor: string;
  conclusion: TextRef;
  draft: AssessmentDraft;
  /** The points of the draft, with who proposed them and why: restored where others were proposed before it was known as signed. */
  pointed: Pointed[];
  sha256: string;
  /** 1 for the first of the project. */
  number: number;
  /** False until the lifecycle took the signature in. */
  signed: boolean;
  supersededBy: string | null;
  at: string;
}

export type Pointed = Pick<SideEffectDocument, 'points' | 'pointsReason' | 'pointsBy'> & {
  sideEffectId: string;
};

export interface ObjectionDocument {
  _id: string;
  municipalityId: string;
  projectId: string;
  assessmentId: string | null;
  reason: TextRef;
  /** Not shown before the lifecycle took it in. */
  made: boolean;
  upheld: boolean | null;
  at: string;
}

/** Assessments as they were signed, and objections to them. */
export function assessmentStore(connection: Connection) {
  const assessments = collectionOf<AssessmentDocument>(connection, 'assessments', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
    [{ projectId: 1, assessor: 1 }],
  ]);
  const objections = collectionOf<ObjectionDocument>(connection, 'objections', [
    [{ municipalityId: 1, projectId: 1, at: 1, _id: 1 }],
    [{ projectId: 1, upheld: 1 }],
  ]);
  return {
    /** The first one under an id stands: it is what is signed. */
    async prepare(assessment: AssessmentDocument): Promise<void> {
      const { _id, ...rest } = assessment;
      await assessments.updateOne({ _id }, { $setOnInsert: rest }, { upsert: true });
    },
    keepPoints: (session: ClientSession, _id: string, pointed: Pointed[]) =>
      assessments.updateOne({ _id }, { $set: { pointed } }, { session }),
    /** @param supersedes the one that it corrects, which stays on record */
    async sign(session: ClientSession, _id: string, supersedes: string | null): Promise<void> {
      await assessments.updateOne({ _id }, { $set: { signed: true } }, { session });
      if (supersedes !== null)
        await assessments.updateOne({ _id: supersedes }, { $set: { supersededBy: _id } }, { session });
    },
    prepared: (_id: string) => assessments.findOne({ _id }),
    /** Which of these people signed an assessment of one of the projects, or set out to. */
    async assessorsAmong(
      projectIds: readonly string[],
      personIds: readonly string[],
      session?: ClientSession,
    ): Promise<string[]> {
      const about = { projectId: { $in: [...projectIds] }, assessor: { $in: [...personIds] } };
      return assessments.distinct('assessor', about, session ? { session } : {});
    },
    listSigned: (municipalityId: string, projectId: string, query: PageQuery) =>
      pageOldestFirst(assessments, { municipalityId, projectId, signed: true }, query),
    async get(municipalityId: string, _id: string, session?: ClientSession): Promise<AssessmentDocument> {
      const found = await assessments.findOne({ _id, municipalityId }, session ? { session } : {});
      if (!found) throw new DomainError('not-found');
      return found;
    },

    async prepareObjection(objection: ObjectionDocument): Promise<void> {
      const { _id, ...rest } = objection;
      await objections.updateOne({ _id }, { $setOnInsert: rest }, { upsert: true });
    },
    makeObjection: (session: ClientSession, _id: string) =>
      objections.updateOne({ _id }, { $set: { made: true } }, { session }),
    /** One decision answers every objection that is open. */
    decideObjections: (session: ClientSession, projectId: string, upheld: boolean) =>
      objections.updateMany({ projectId, made: true, upheld: null }, { $set: { upheld } }, { session }),
    listObjections: (municipalityId: string, projectId: string, query: PageQuery) =>
      pageOldestFirst(objections, { municipalityId, projectId, made: true }, query),
  };
}
