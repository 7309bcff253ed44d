import { pollIdOf } from '@talkoot/workflow-contracts';
import type { Project } from './work.phases.ts';

/**
 * Citizens see the assessment, then decide on side effects and share; the decision may be appealed once. Upheld, the
 * assessment is made again, and the bonus decided on it by the vote that was held.
 */
export async function holdBonusVote(project: Project): Promise<void> {
  if (project.isAt('bonus-vote') && !project.facts.bonusPollId) {
    const { pollId } = await project.effect('prepare the bonus vote', 'prepareBonusVote', project.about);
    project.advance('bonus-poll-prepared', { facts: { bonusPollId: pollId }, data: { pollId } });
  }
  await project.hold('bonus-vote', ...contested);
  while (project.isIdleIn('bonus-vote') && !project.facts.ending) {
    await decideBonus(project);
    await project.hold(...contested);
  }
}

const contested = ['bonus-appeal', 'bonus-appeal-decision', 'reassessment'] as const;

async function decideBonus(project: Project): Promise<void> {
  const pollId = pollIdOf.bonus(project.state.id);
  const decided = await project.effect('decide the bonus', 'decideBonus', project.about, pollId);
  const result = { facts: { bonusPayable: decided.payable }, data: { ...decided } };
  if (project.facts.bonusAppealUsed) {
    project.advance('bonus-decided', { phase: 'payout', stage: 'payout', ...result });
  } else project.advance('bonus-decided', { stage: 'bonus-appeal', ...result });
}

/** Everybody's share is owed until it is paid, returned for good or unclaimed. */
export async function payOut(project: Project): Promise<void> {
  if (project.isAt('payout') && project.facts.obligations === undefined) await createObligations(project);
  await project.hold('payout');
  if (!project.isIdleIn('payout') || project.facts.ending) return;
  project.advance('payout-done', { stage: null, facts: { ending: 'closed' } });
}

async function createObligations(project: Project): Promise<void> {
  const create = project.effect('create the obligations', 'createObligations', project.about);
  const { obligations, total } = await create;
  if (!project.isAt('payout')) return;
  // Nobody is owed anything: nothing to wait for.
  const nothing = obligations === 0 ? { stage: null, facts: { obligations, settled: total } } : {};
  project.advance('obligations-created', {
    facts: { obligations },
    ...nothing,
    data: { obligations, total },
  });
}
