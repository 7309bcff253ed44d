import type { Poll } from './opening.phases.ts';

export const releaseKey = (poll: Poll) => poll.hold('release');

/** Counted once the key is released; without it what is recorded is that nobody learns what the ballots say. */
export async function tally(poll: Poll): Promise<void> {
  if (!poll.isIdleIn('closed') && !poll.isIdleIn('key-release')) return;
  const { id } = poll.state;
  const { reasonCode } = poll.facts;
  const outcome = reasonCode === undefined ? 'counted' : 'withheld';
  const summary = outcome === 'counted' ? 'open and count the ballots' : 'record that there is no result';
  const { sha256, ballots } = await poll.effect(summary, 'tallyPoll', id, outcome);
  poll.advance('tallied', {
    phase: 'tallied',
    stage: 'publication',
    facts: { resultSha256: sha256 },
    data: { outcome, ballots, sha256, ...(reasonCode === undefined ? {} : { reasonCode }) },
  });
}

export async function publish(poll: Poll): Promise<void> {
  await poll.hold('publication');
  if (!poll.isIdleIn('tallied')) return;
  const { files } = await poll.effect(
    'publish what anybody recounts it from',
    'publishPollFiles',
    poll.state.id,
  );
  poll.advance('published', { phase: 'published', stage: 'appeal', data: { files } });
}

export const hearAppeals = (poll: Poll) => poll.hold('appeal', 'appeal-decision');
