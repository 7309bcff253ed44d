import type { Poll } from './opening.phases.ts';

/** Whoever has both certificates may still cast for a while: a device that was slow loses no vote. */
export async function closeIssuance(poll: Poll): Promise<void> {
  if (poll.isIdleIn('closing')) {
    await poll.effect('have both issuers end issuing', 'closeIssuance', poll.state.id);
    poll.advance('issuance-closed', { stage: 'casting' });
  }
  await poll.hold('casting');
}

/** A poll that ends while it is held has nobody certified any more. */
export async function endIssuance(poll: Poll): Promise<void> {
  const { manifestSha256, ballots } = poll.facts;
  const isCutShort = poll.state.phase === 'annulled' && ballots === undefined;
  if (!isCutShort || manifestSha256 === undefined) return;
  await poll.effect('have both issuers end issuing', 'closeIssuance', poll.state.id);
}

/** Only once every ballot is on the board can anybody see that theirs is missing. */
export async function closeBoard(poll: Poll): Promise<void> {
  if (poll.isIdleIn('closed') && !poll.facts.complaintsOver) {
    const { leaves } = await poll.effect('publish all ballots, sealed', 'closeBoard', poll.state.id);
    poll.advance('board-closed', { stage: 'complaints', data: { leaves } });
  }
  await poll.hold('complaints');
}

/** The board is final. With too few ballots on it nobody is to learn what they say. */
export async function settleComplaints(poll: Poll): Promise<void> {
  if (!poll.isIdleIn('closed') || poll.facts.ballots !== undefined) return;
  const { id } = poll.state;
  const { ballots, enough } = await poll.effect('settle the complaints', 'settleComplaints', id);
  if (enough) {
    return poll.advance('complaints-settled', {
      phase: 'key-release',
      stage: poll.facts.keyReleased ? null : 'release',
      facts: { ballots },
      data: { ballots },
    });
  }
  const reasonCode = 'too-few-ballots';
  poll.advance('complaints-settled', { facts: { ballots, reasonCode }, data: { ballots, reasonCode } });
}
