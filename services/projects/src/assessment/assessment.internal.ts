import type { Assessed, projectsInternalRoutes } from '@talkoot/api-contracts/projects';
import { eventOf } from '@talkoot/event-bus';
import { projectCriteriaLockedV1 } from '@talkoot/event-contracts';
import { DomainError, inTransaction } from '@talkoot/http-service';
import { lineText } from '@talkoot/impact';
import type { ClientSession } from 'mongoose';
import type { HandlersOf, Parts } from '../parts.ts';
import { finalScoreOf } from '../proposal/project.ts';
import type { FinalScore } from '../proposal/project.ts';
import { finalScore } from './assessment.ts';
import type { Tally } from './assessment.ts';
import type { AssessmentDocument } from './assessment.store.ts';
import { lockCriteria } from './criteria.lock.ts';
import type { CriteriaVote } from './criteria.lock.ts';

type Internal = HandlersOf<typeof projectsInternalRoutes>;

/** What the worker's activities ask about criteria and scores. Every route may be repeated. */
export function assessmentInternalHandlers(
  parts: Parts,
): Pick<
  Internal,
  'listCriteria' | 'lockCriteria' | 'getBonusRules' | 'getBonusQuestion' | 'decideFinalScore'
> {
  const { connection, stores } = parts;
  return {
    async listCriteria({ params: { projectId } }) {
      const { content } = await stores.projects.byId(projectId);
      return { body: { criteria: content.criteria.map(({ criterionId }) => ({ criterionId })) } };
    },
    async lockCriteria({ params: { projectId }, body }) {
      const lock = await inTransaction(connection, (session) => lockOnce(parts, session, projectId, body));
      const accepted = lock.criteria.filter((one) => one.accepted).length;
      return { body: { sha256: lock.sha256, accepted } };
    },
    async getBonusRules({ params: { projectId } }) {
      const { lock } = await stores.projects.byId(projectId);
      if (!lock) throw new DomainError('criteria-not-locked');
      const { bonus: rules, charterSha256, sha256: lockSha256 } = lock;
      return { body: { rules, charterSha256, lockSha256 } };
    },
    async getBonusQuestion({ params: { projectId } }) {
      const { assessment } = await signedOf(parts, projectId);
      const sideEffects = assessment.draft.sideEffects.map(({ sideEffectId }) => ({ sideEffectId }));
      return { body: { assessmentId: assessment._id, sideEffects } };
    },
    async decideFinalScore({ params: { projectId }, body: { pollId, options } }) {
      const { final, assessment } = await scoreOnce(parts, projectId, pollId, options);
      const { score, computation, payable } = final;
      return { body: { score, computation, payable, assessment } };
    },
  };
}

async function lockOnce(
  { outbox, stores, now }: Parts,
  session: ClientSession,
  projectId: string,
  vote: CriteriaVote,
) {
  const project = await stores.projects.byId(projectId, session);
  if (project.lock) return project.lock;
  const { municipalityId, pilotId, content } = project;
  const charted = await stores.pilots.get(municipalityId, pilotId, session);
  const at = now().toISOString();
  const lock = lockCriteria(content.criteria, vote, charted, at);
  await stores.projects.change(session, projectId, { $set: { lock } });
  const data = { hash: lock.sha256, criteria: lock.criteria.length };
  const facts = { aggregateId: projectId, municipalityId, occurredAt: at, data };
  await outbox.appendEvents(session, [eventOf({ event: projectCriteriaLockedV1, ...facts })]);
  return lock;
}

async function signedOf({ stores }: Parts, projectId: string, session?: ClientSession) {
  const project = await stores.projects.byId(projectId, session);
  const { assessmentId, municipalityId, lock } = project;
  if (!assessmentId || !lock) throw new DomainError('assessment-missing');
  return { project, lock, assessment: await stores.assessments.get(municipalityId, assessmentId, session) };
}

/** Once for each assessment: one that corrects another has a score of its own, by the votes that were cast. */
const scoreOnce = (parts: Parts, projectId: string, pollId: string, options: readonly Tally[]) =>
  inTransaction(parts.connection, async (session): Promise<{ final: FinalScore; assessment: Assessed }> => {
    const { projects, measurements } = parts.stores;
    const { project, lock, assessment } = await signedOf(parts, projectId, session);
    const known = finalScoreOf(project);
    if (known) return { final: known, assessment: assessedBy(assessment) };
    const decided = finalScore(lock, assessment.draft, options);
    const { score, payable, computation } = decided;
    const of = { assessmentId: assessment._id, pollId };
    const final = { ...of, score, payable, computation: computation.map(lineText) };
    await projects.change(session, projectId, { $push: { finalScores: final } });
    for (const { sideEffectId, accepted } of decided.sideEffects) {
      const outcome = accepted ? 'accepted' : 'rejected';
      await measurements.changeSideEffect(session, sideEffectId, { outcome });
    }
    return { final, assessment: assessedBy(assessment) };
  });

function assessedBy({ _id: assessmentId, sha256, draft: { corrects } }: AssessmentDocument): Assessed {
  return { assessmentId, sha256, appeal: corrects?.upheld === 'appeal' ? corrects.decision : null };
}
