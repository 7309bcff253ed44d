import type { PollResult, TallyOutcome } from '@talkoot/api-contracts/ballots';
import { castLeaf, parseCheckpoint, signRelease } from '@talkoot/ballot-protocol';
import type { Ballot } from '@talkoot/ballot-protocol';
import { sitePublication, verify } from '@talkoot/ballot-protocol/verifier';
import type { Report } from '@talkoot/ballot-protocol/verifier';
import type { BallotsFixture } from './ballots.fixture.ts';
import type { PollPlan } from './poll/poll.ts';

export const paramsOf = (pollId: string) => ({ municipalityId: 'lintula', pollId });

/** Brings a poll in which ballots came in to the release of its key: board closed, complaints settled. */
export async function closeBoard(fixture: BallotsFixture, pollId: string) {
  await fixture.advance(pollId, 'closed', 'open');
  await fixture.worker.closeBoard({ params: { pollId } });
  const settled = await fixture.worker.settleComplaints({ params: { pollId } });
  await fixture.advance(pollId, 'key-release', 'closed');
  return settled;
}

/** The shares of these trustees, by index. */
export async function release(fixture: BallotsFixture, pollId: string, ...indices: readonly number[]) {
  const answers = [];
  for (const index of indices) {
    const params = { ...paramsOf(pollId), index };
    const body = await signedShare(fixture, pollId, index);
    answers.push(await fixture.anyone.releaseShare({ params, body }));
  }
  return answers;
}

/** What a trustee gives for the board as it stands. */
export async function signedShare(
  fixture: BallotsFixture,
  pollId: string,
  index: number,
  share = fixture.secretsOf(pollId)[index - 1]!.share!,
) {
  const board = parseCheckpoint(Buffer.from(await fixture.anyone.getBoardCheckpoint({ params: { pollId } })));
  const signer = fixture.secretsOf(pollId)[index - 1] ?? fixture.secretsOf(pollId)[0]!;
  const given = { index, share: Buffer.from(share, 'hex') };
  const signature = signRelease(fixture.binding(pollId), board, given, Buffer.from(signer.signingKey, 'hex'));
  return { share, signature: Buffer.from(signature).toString('hex') };
}

export const tally = (
  fixture: BallotsFixture,
  pollId: string,
  outcome: TallyOutcome = 'counted',
): Promise<PollResult> => fixture.worker.tallyPoll({ params: { pollId }, body: { outcome } });

/** Writes and publishes the files of a tallied poll. */
export async function publish(fixture: BallotsFixture, pollId: string): Promise<void> {
  await fixture.advance(pollId, 'tallied', 'key-release');
  await fixture.worker.publishPollFiles({ params: { pollId } });
  await fixture.advance(pollId, 'published', 'tallied');
}

/** A poll in which each of these was cast by somebody else, held to its end. */
export async function hold(
  fixture: BallotsFixture,
  pollId: string,
  plan: PollPlan,
  ballots: readonly Ballot[],
): Promise<PollResult> {
  await fixture.prepare(pollId, plan, 'open');
  for (const ballot of ballots) await fixture.cast(pollId, await fixture.leaf(pollId, ballot));
  await closeBoard(fixture, pollId);
  await release(fixture, pollId, 1, 3);
  const result = await tally(fixture, pollId);
  await publish(fixture, pollId);
  return result;
}

/** A leaf whose plaintext is no ballot. */
export async function mumbled(fixture: BallotsFixture, pollId: string) {
  const binding = fixture.binding(pollId);
  const plaintext = new Uint8Array(binding.manifest.ballot.length).fill(0xff, -1);
  return castLeaf(binding, { ...(await fixture.voter(pollId)), sequence: 1, plaintext });
}

/** What anybody finds who recounts a poll from its published files. */
export function recounted(fixture: BallotsFixture, pollId: string): Promise<Report> {
  return verify(sitePublication(`${fixture.url}/v1/m/lintula/polls/${pollId}/publication/`));
}

/** Everything that does not hold, in a line each. */
export const faultsIn = ({ checks }: Report): string[] =>
  checks.flatMap(({ name, state, findings }) =>
    state === 'not-run'
      ? [`${name} was not run`]
      : findings.map(({ code, entry }) => `${name}: ${code} at ${entry}`),
  );
