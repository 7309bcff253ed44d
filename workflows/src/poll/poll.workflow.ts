import { pollKindOf } from '@talkoot/workflow-contracts';
import type { LifecycleState } from '@talkoot/workflow-contracts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { resume } from '../lifecycle/messages.ts';
import { pollDecisions } from './poll.decisions.ts';

type Poll = Lifecycle<'poll'>;

/** A poll from its question to its published result; it serves all three votes. */
export async function pollLifecycle(state: LifecycleState) {
  const poll = resume(pollDecisions, state);
  await freezeRoll(poll);
  await takeVotes(poll);
  await tally(poll);
  await publish(poll);
  return poll.finish();
}

/** Who may vote is fixed before the first vote; whoever gains from a bonus has no vote on it. */
async function freezeRoll(poll: Poll): Promise<void> {
  await poll.hold('roll-freeze');
  if (!poll.isIdleIn('prepared')) return;
  const isBonus = pollKindOf(poll.about) === 'bonus';
  const asOf = new Date().toISOString();
  const { roll } = await poll.effect('freeze the electoral roll', 'freezeRoll', poll.about, isBonus, asOf);
  poll.advance('roll-frozen', { phase: 'roll-frozen', stage: 'opening', facts: { roll }, data: { roll } });
}

const takeVotes = (poll: Poll) => poll.hold('opening', 'voting');

async function tally(poll: Poll): Promise<void> {
  if (!poll.isIdleIn('closed')) return;
  const { ballots, sha256 } = await poll.effect('count the ballots', 'tallyPoll', poll.state.id);
  poll.advance('tallied', {
    phase: 'tallied',
    stage: 'publication',
    facts: { ballots, resultSha256: sha256 },
    data: { ballots, sha256 },
  });
}

const publish = (poll: Poll) => poll.hold('publication');
