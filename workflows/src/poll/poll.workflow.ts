import type { LifecycleState } from '@talkoot/workflow-contracts';
import { resume } from '../lifecycle/messages.ts';
import { closeBoard, closeIssuance, endIssuance, settleComplaints } from './closing.phases.ts';
import { freezeRolls, makeKey, openIssuance, takeVotes } from './opening.phases.ts';
import type { Poll } from './opening.phases.ts';
import { pollDecisions } from './poll.decisions.ts';
import { hearAppeals, publish, releaseKey, tally } from './result.phases.ts';

/** A poll from its question to the result that stands; it serves all three votes. */
export async function pollLifecycle(state: LifecycleState) {
  const poll = resume(pollDecisions, state);
  await poll.untilOver(holdPoll(poll));
  await endIssuance(poll);
  return poll.finish();
}

async function holdPoll(poll: Poll): Promise<void> {
  await freezeRolls(poll);
  await makeKey(poll);
  await openIssuance(poll);
  await takeVotes(poll);
  await closeIssuance(poll);
  await closeBoard(poll);
  await settleComplaints(poll);
  await releaseKey(poll);
  await tally(poll);
  await publish(poll);
  await hearAppeals(poll);
}
