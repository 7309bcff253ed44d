import { pollIdOf } from '@talkoot/workflow-contracts';
import type { Project } from './work.phases.ts';

export const gatherEndorsements = (project: Project) => project.hold('endorsement');

export const review = (project: Project) => project.hold('review', 'appeal', 'appeal-decision');

export const standForVote = (project: Project) => project.hold('ballot', 'allocation');

/** A funded project's money is bound, and its measures of success are voted, before anything is done. */
export async function lockCriteria(project: Project): Promise<void> {
  const { id } = project.state;
  if (project.isIdleIn('funded')) await prepareVote(project);
  await project.hold('criteria-vote');
  if (!project.isIdleIn('criteria-vote') || project.facts.ending) return;
  const pollId = pollIdOf.criteria(id);
  const { sha256, accepted } = await project.effect('lock the criteria', 'lockCriteria', id, pollId);
  project.advance('staffing', {
    phase: 'staffing',
    stage: 'staffing',
    facts: { criteriaLockSha256: sha256 },
    data: { sha256, accepted },
  });
}

async function prepareVote(project: Project): Promise<void> {
  const { cost } = project.facts;
  if (cost === undefined) return;
  await project.effect('commit the money', 'commitProject', project.about, cost);
  const { pollId } = await project.effect('prepare the criteria vote', 'prepareCriteriaVote', project.about);
  project.advance('criteria-poll-prepared', {
    phase: 'criteria-vote',
    stage: project.facts.criteriaDecided ? null : 'criteria-vote',
    facts: { criteriaPollId: pollId },
    data: { pollId },
  });
}
