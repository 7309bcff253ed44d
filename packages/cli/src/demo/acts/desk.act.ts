import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { encodeBallot } from '@talkoot/ballot-protocol';
import { personNumber } from '@talkoot/local-stack';
import { enter } from '../../poll/desk/entering.ts';
import { issueAt } from '../../poll/desk/issuing.ts';
import type { AskAtDesk } from '../../poll/desk/issuing.ts';
import { poolInMemory } from '../../poll/desk/pool.ts';
import type { Actor } from '../actor.ts';
import { patientClient } from '../patience.ts';
import { municipalityOf } from '../play.ts';
import type { Play, PlayedPoll } from '../play.ts';
import { ballotOf } from '../voting/choice.ts';
import type { Choice } from '../voting/choice.ts';
import { pollOnDevice } from '../voting/device.ts';
import { auditorClerk } from './arrival.act.ts';

const desk = 'library';

/** Who votes on paper, and what they put into the urn. */
export interface PaperVote {
  readonly voter: Actor;
  readonly choice: Choice;
}

/**
 * Residents show a document at a desk of both organisations and put a paper into its urn; the papers are entered, and two
 * people count them. Nobody keeps a receipt.
 */
export async function residentsVoteOnPaper(
  play: Play,
  { pollId }: PlayedPoll,
  votes: readonly PaperVote[],
): Promise<void> {
  const poll = { ...municipalityOf(play), pollId };
  const onDevice = await pollOnDevice(await play.visitor.ballots.getManifest({ params: poll }));
  const store = poolInMemory();
  const at = { poll, onDevice, desk, store, ask: clerks(play, pollId) };
  for (const { voter } of votes) await issueAt(at, personNumber(voter.key));
  const papers = votes
    .map(({ choice }) => encodeBallot(onDevice.binding.manifest, ballotOf(onDevice.binding.manifest, choice)))
    .map((paper) => Buffer.from(paper).toString('hex'))
    .toSorted();
  const ballots = patientClient(ballotsApi, { baseUrl: play.stack.urls.ballots });
  const { papers: entered } = await enter({ ballots, poll, onDevice, store }, papers);
  const params = { ...poll, desk };
  for (const counter of ['desk-clerk', 'poll-officer'] as const) {
    await play.official(counter).ballots.stateDeskTotal({ params, body: { entered } });
  }
}

/** A clerk of each organisation, each signed in to their own issuer. */
function clerks(play: Play, pollId: string): AskAtDesk {
  const issuers = [play.official('desk-clerk').identity, auditorClerk(play)] as const;
  const params = { ...municipalityOf(play), pollId, desk };
  return async (issuer, nationalId, blinded) => {
    const body = { nationalId, blinded };
    return (await issuers[issuer].issueDeskCertificate({ params, body })).blindSignature;
  };
}
