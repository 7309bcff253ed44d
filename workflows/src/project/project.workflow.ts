import type { LifecycleState } from '@talkoot/workflow-contracts';
import { resume } from '../lifecycle/messages.ts';
import { projectDecisions } from './project.decisions.ts';
import { holdBonusVote, payOut } from './reward.phases.ts';
import { assess, deliver, measure, staff } from './work.phases.ts';
import type { Project } from './work.phases.ts';
import { gatherEndorsements, lockCriteria, review, standForVote } from './vote.phases.ts';

/** A project from the proposal to the last payout, or to where it ended before. */
export async function projectLifecycle(state: LifecycleState) {
  const project = resume(projectDecisions, state);
  await gatherEndorsements(project);
  await review(project);
  await standForVote(project);
  await lockCriteria(project);
  await staff(project);
  await deliver(project);
  await measure(project);
  await assess(project);
  await holdBonusVote(project);
  await payOut(project);
  await close(project);
  return project.finish();
}

/** Whatever money is still bound to the project goes back before it ends. */
async function close(project: Project): Promise<void> {
  const { ending } = project.facts;
  if (ending === undefined || project.isOver) return;
  await project.effect('return what is left', 'releaseProject', project.state.id, 'everything');
  project.advance(ending, { phase: ending });
}
