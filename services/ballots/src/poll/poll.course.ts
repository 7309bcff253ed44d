import type { PollWindows } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import { pollCourse, pollMoments } from '@talkoot/workflow-contracts';
import type { RecordedStep } from '@talkoot/workflow-contracts';
import type { PollPhase } from './poll.ts';
import { requireMoment } from './poll.windows.ts';

/**
 * Refuses a step that no poll of this manifest takes now, whoever sends it: only from the phase it is in, only forward, and no
 * earlier than the manifest says.
 * @throws DomainError `step-off-course`, `windows-bind`
 */
export function requireOnCourse(
  poll: { readonly phase: PollPhase; readonly windows: PollWindows | null },
  { from, phase }: Pick<RecordedStep, 'from' | 'phase'>,
  now: Date,
): void {
  const followers: readonly string[] = pollCourse[poll.phase];
  const isOnCourse = from === poll.phase && (phase === from || followers.includes(phase));
  if (!isOnCourse) throw new DomainError('step-off-course', `from ${poll.phase} to ${phase}`);
  const moment = phase === from ? undefined : pollMoments[phase as PollPhase];
  if (moment !== undefined) requireMoment(poll.windows, moment, now);
}
