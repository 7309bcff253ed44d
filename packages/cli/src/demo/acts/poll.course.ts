import { until } from '../patience.ts';
import { municipalityOf } from '../play.ts';
import type { Play, PlayedPoll, PlayedProject } from '../play.ts';
import { keyIsMade, keyIsReleased, sharesAreDestroyed } from './trustees.act.ts';

type Kind = PlayedPoll['kind'];

/** The poll of a round or of a project, once it is prepared; it is the play's from then on. */
export async function pollOf(play: Play, kind: Kind, project: PlayedProject | null): Promise<PlayedPoll> {
  const about = project ? { projectId: project.projectId } : { roundId: play.roundId };
  const look = () =>
    play.visitor.ballots.listPolls({ params: municipalityOf(play), query: { ...about, kind } });
  const page = await until(`The ${kind} poll`, look, ({ items }) =>
    items.some(({ phase }) => phase !== 'new'),
  );
  const { pollId } = page.items[0]!;
  const poll = { pollId, kind, project: project?.plan.key ?? null, number: play.polls.length, receipts: [] };
  play.polls.push(poll);
  return poll;
}

/** The rolls are frozen, the trustees make the key, the officer opens: residents may vote. */
export async function pollOpens(play: Play, poll: PlayedPoll): Promise<void> {
  const { officer, params } = hands(play, poll);
  await officer.freezePollRoll({ params });
  await waitFor(play, poll, 'key-ceremony');
  await keyIsMade(play, poll);
  await waitFor(play, poll, 'opening');
  await officer.openPoll({ params });
  await waitFor(play, poll, 'voting');
}

/** Voting, casting, complaints and appeals end, each by whoever may; in between the trustees open the ballots. */
export async function pollCloses(play: Play, poll: PlayedPoll): Promise<void> {
  const { officer, appealBody, params } = hands(play, poll);
  await officer.closePoll({ params });
  await waitFor(play, poll, 'casting');
  await officer.endCasting({ params });
  await waitFor(play, poll, 'complaints');
  await officer.endComplaints({ params });
  await waitFor(play, poll, 'release');
  await keyIsReleased(play, poll);
  await waitFor(play, poll, 'publication');
  await officer.publishPoll({ params });
  await waitFor(play, poll, 'appeal');
  await appealBody.endPollAppeals({ params });
  await until(
    `The end of ${poll.pollId}`,
    () => play.visitor.ballots.getPoll({ params }),
    ({ phase }) => phase === 'decided',
  );
  await sharesAreDestroyed(play, poll);
}

function hands(play: Play, { pollId }: PlayedPoll) {
  return {
    officer: play.official('poll-officer').ballots,
    appealBody: play.official('appeal-body').ballots,
    params: { ...municipalityOf(play), pollId },
  };
}

async function waitFor(play: Play, { pollId }: PlayedPoll, wait: string): Promise<void> {
  const look = () => play.visitor.ballots.getPoll({ params: { ...municipalityOf(play), pollId } });
  await until(`The ${wait} of poll ${pollId}`, look, ({ lifecycle }) => lifecycle.wait === wait);
}
