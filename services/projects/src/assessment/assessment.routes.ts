import type { AssessmentDraft, assessmentRoutes } from '@talkoot/api-contracts/projects';
import { DomainError, idFrom, sha256Of } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import { finalScoreOf, isAssessmentFinal } from '../proposal/project.ts';
import { requireDisinterested } from '../staffing/interest.ts';
import { requireDisinterestedRecord } from './assessed.record.ts';
import { explainAssessment } from './assessment.explanation.ts';
import { draftOf } from './assessment.reading.ts';
import type { AssessmentDocument } from './assessment.store.ts';
import { holdPoints, lettingGo } from './signing.hold.ts';

type Handlers = HandlersOf<typeof assessmentRoutes>;

export function assessmentHandlers(parts: Parts): Handlers {
  return { ...signing(parts), ...reading(parts), ...objecting(parts) };
}

function signing(parts: Parts): Pick<Handlers, 'draftAssessment' | 'signAssessment'> {
  const { record, stores } = parts;
  return {
    async draftAssessment({ params }) {
      const project = await stores.projects.get(params.municipalityId, params.projectId);
      return { body: await draftOf(parts, project) };
    },
    async signAssessment(call) {
      const { municipalityId, projectId } = call.params;
      const assessmentId = idFrom(call.operationId, 'asm');
      await stores.prepared.keep(call, municipalityId, null);
      const prepared =
        (await stores.assessments.prepared(assessmentId)) ?? (await prepare(parts, call, assessmentId));
      const { sha256, draft } = prepared;
      // What was refused too early may be sent again later: by then there are more observations.
      const check = async () => {
        await requireSignable(parts, call);
        await holdPoints(parts, prepared);
      };
      const about = { kind: 'project', lifecycleId: projectId, municipalityId } as const;
      const data = { assessmentId, sha256, score: draft.score };
      const decision = { ...about, name: 'sign-assessment', as: 'assessor', data, check } as const;
      const answer = await lettingGo(parts, { assessmentId, projectId }, () => record.decide(call, decision));
      return { body: { ...answer, assessmentId, sha256, score: draft.score } };
    },
  };
}

function reading({
  stores,
}: Parts): Pick<Handlers, 'getAssessment' | 'listAssessments' | 'explainAssessment'> {
  return {
    async getAssessment({ params }) {
      const project = await stores.projects.get(params.municipalityId, params.projectId);
      if (!project.assessmentId) throw new DomainError('assessment-missing');
      const found = await stores.assessments.get(params.municipalityId, project.assessmentId);
      const final = isAssessmentFinal(project);
      return { body: { ...signedView(found), draft: found.draft, final } };
    },
    async listAssessments({ params, query }) {
      const { municipalityId, projectId } = params;
      const { finalScores } = await stores.projects.get(municipalityId, projectId);
      const page = await stores.assessments.listSigned(municipalityId, projectId, query);
      const shown = mapPage(page, (one) => ({
        ...signedView(one),
        score: one.draft.score,
        finalScore: finalScoreOf({ assessmentId: one._id, finalScores })?.score ?? null,
        corrects: one.draft.corrects,
        supersededBy: one.supersededBy,
      }));
      return { body: shown };
    },
    async explainAssessment({ params }) {
      const assessment = await stores.assessments.get(params.municipalityId, params.assessmentId);
      const project = await stores.projects.get(params.municipalityId, assessment.projectId);
      if (!project.lock || !assessment.signed) throw new DomainError('not-found');
      return { body: explainAssessment(assessment, project, project.lock) };
    },
  };
}

function signedView({ _id, sha256, number, assessor, conclusion, at }: AssessmentDocument) {
  return { assessmentId: _id, sha256, number, assessor, conclusion, signedAt: at };
}

/**
 * @throws DomainError `not-found`, `assessor-on-team`, `interested-party`, `stated-by-interested`, `criteria-not-locked`,
 *   `drafting-busy`, `draft-changed`
 */
async function requireSignable(
  parts: Parts,
  { params, person, body }: Call<typeof assessmentRoutes.signAssessment>,
): Promise<AssessmentDraft> {
  const project = await parts.stores.projects.get(params.municipalityId, params.projectId);
  await requireDisinterested(parts, project, person.id, 'assessor-on-team');
  await requireDisinterestedRecord(parts, project);
  const draft = await draftOf(parts, project);
  if (draft.sha256 !== body.draftSha256) throw new DomainError('draft-changed');
  return draft;
}

/** What is signed is the draft that was read: its hash, the assessor's words, and who signs. */
async function prepare(
  parts: Parts,
  call: Call<typeof assessmentRoutes.signAssessment>,
  assessmentId: string,
): Promise<AssessmentDocument> {
  const { connection, stores, now } = parts;
  const { municipalityId, projectId } = call.params;
  const draft = await requireSignable(parts, call);
  const conclusion = await storeText(connection, call, municipalityId, 'conclusion', call.body.conclusion);
  const assessor = call.person.id;
  const assessment: AssessmentDocument = {
    _id: assessmentId,
    municipalityId,
    projectId,
    assessor,
    conclusion,
    draft,
    pointed: [],
    sha256: sha256Of({ projectId, assessor, conclusion: conclusion.sha256, draft: draft.sha256 }),
    number: (draft.corrects?.number ?? 0) + 1,
    signed: false,
    supersededBy: null,
    at: now().toISOString(),
  };
  await stores.assessments.prepare(assessment);
  return assessment;
}

function objecting({
  connection,
  record,
  stores,
  now,
}: Parts): Pick<Handlers, 'objectToAssessment' | 'listObjections'> {
  return {
    async objectToAssessment(call) {
      const { municipalityId, projectId } = call.params;
      const { assessmentId } = await stores.projects.get(municipalityId, projectId);
      await stores.prepared.keep(call, municipalityId, null);
      const reason = await storeText(connection, call, municipalityId, 'objection', call.body.reason);
      const objectionId = idFrom(call.operationId, 'obj');
      const about = { _id: objectionId, municipalityId, projectId, at: now().toISOString() };
      await stores.assessments.prepareObjection({
        ...about,
        assessmentId,
        reason,
        made: false,
        upheld: null,
      });
      const answer = await record.decide(call, {
        kind: 'project',
        lifecycleId: projectId,
        municipalityId,
        name: 'object',
        as: 'resident',
        data: { objectionId, reason },
      });
      return { body: { ...answer, objectionId } };
    },
    async listObjections({ params, query }) {
      await stores.projects.get(params.municipalityId, params.projectId);
      const page = await stores.assessments.listObjections(params.municipalityId, params.projectId, query);
      const shown = mapPage(page, ({ _id, reason, upheld, at }) => ({
        objectionId: _id,
        reason,
        upheld,
        at,
      }));
      return { body: shown };
    },
  };
}
