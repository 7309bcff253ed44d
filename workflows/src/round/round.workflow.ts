import { pollIdOf } from '@talkoot/workflow-contracts';
import type { LifecycleState } from '@talkoot/workflow-contracts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { resume } from '../lifecycle/messages.ts';
import { roundDecisions } from './round.decisions.ts';

type Round = Lifecycle<'round'>;

/** A round from the first idea to the allocation of its money. */
export async function roundLifecycle(state: LifecycleState) {
  const round = resume(roundDecisions, state);
  await gatherIdeas(round);
  await review(round);
  await vote(round);
  await allocate(round);
  return round.finish();
}

async function gatherIdeas(round: Round): Promise<void> {
  await round.hold('ideas');
  if (!round.isIdleIn('ideas')) return;
  await round.effect('tell the proposals that ideas are closed', 'closeIdeas', round.state.id);
  round.advance('review', { phase: 'review', stage: 'review' });
}

async function review(round: Round): Promise<void> {
  await round.hold('review');
  if (!round.isIdleIn('review')) return;
  const { id, pilotId } = round.state;
  await round.effect('tell the proposals that review is closed', 'closeReview', id);
  const budget = await round.effect('find the money of the round', 'findBudget', id, pilotId);
  round.advance('voting', { phase: 'voting', stage: 'voting', facts: { budget }, data: { budget } });
}

async function vote(round: Round): Promise<void> {
  if (round.isAt('voting') && round.facts.pollId === undefined) await preparePoll(round);
  await round.hold('voting');
}

/** One poll over all admitted projects; without any there is nothing to vote on. */
async function preparePoll(round: Round): Promise<void> {
  const { id } = round.state;
  const { budget } = round.facts;
  if (budget === undefined) return;
  const { pollId } = await round.effect('prepare the poll', 'preparePrioritisation', round.about, budget);
  if (pollId === null) return round.advance('nothing-admitted', { stage: null, facts: { pollId } });
  await round.effect('put the projects on the ballot', 'putOnBallot', id, pollId);
  round.advance('poll-prepared', { facts: { pollId }, data: { pollId } });
}

async function allocate(round: Round): Promise<void> {
  if (!round.isIdleIn('voting')) return;
  const reasonCode = await recordOutcome(round);
  await round.effect('tell the pilot', 'reportRoundAllocated', round.state.id);
  round.advance('allocated', { phase: 'allocated', data: reasonCode === null ? {} : { reasonCode } });
}

/** Every project is told what became of it. Answers why nothing is funded; null where the poll says what is. */
async function recordOutcome(round: Round): Promise<string | null> {
  const { id } = round.state;
  const pollId = pollIdOf.prioritisation(id);
  if (round.facts.pollId === null) return 'nothing-admitted';
  if (round.facts.decided) {
    return (await round.effect('record the allocation', 'recordAllocation', id, pollId)).reasonCode;
  }
  await round.effect('record that nothing is funded', 'recordNoAllocation', id, pollId);
  return 'not-voted';
}
