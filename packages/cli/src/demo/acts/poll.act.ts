import type { Actor } from '../actor.ts';
import { until } from '../patience.ts';
import { fundedProjects, forEach, municipalityOf, projectParams } from '../play.ts';
import type { Play, PlayedPoll, PlayedProject } from '../play.ts';
import type { Report } from '../progress.ts';
import { enterBooth } from '../voting/booth.ts';
import type { Booth } from '../voting/booth.ts';
import type { Choice } from '../voting/choice.ts';
import { residentsVoteOnPaper } from './desk.act.ts';
import { pollCloses, pollOf, pollOpens } from './poll.course.ts';

/** All residents vote on what is funded; the tally is published and the round allocated. */
export async function residentsVote(play: Play, report: Report): Promise<void> {
  const poll = await pollOf(play, 'prioritisation', null);
  await pollOpens(play, poll);
  const idOf = new Map([...play.projects].map(([key, { projectId }]) => [key, projectId]));
  const voters = play.residents.map((voter, at) => {
    const choices = play.plan.ballots[at]!.map((key) => idOf.get(key)!);
    return { voter, at, choice: { choices } };
  });
  const online = voters.slice(0, voters.length - play.plan.onPaper);
  const booth = await enterBooth(play, poll.pollId);
  const vote = async ({ voter, at, choice }: (typeof voters)[number]) => {
    const blank = at % play.plan.oneVotesAgainIn === 0 ? [{ choices: [] }] : [];
    poll.receipts.push(...(await booth.vote(voter, ...blank, choice)));
  };
  await forEach(report, online, vote, 24);
  const onPaper = voters.slice(online.length);
  if (onPaper.length > 0) await residentsVoteOnPaper(play, poll, onPaper);
  await closesWhileFollowed(play, poll, booth, report);
  const round = { ...municipalityOf(play), roundId: play.roundId };
  const look = () => play.visitor.projects.getRound({ params: round });
  await until('The allocation of the round', look, ({ phase }) => phase === 'allocated');
}

/** Citizens approve or reject each impact criterion of the funded projects; the result is locked. */
export async function residentsWeighCriteria(play: Play, report: Report): Promise<void> {
  await forEach(report, await fundedProjects(play), async (project) => {
    const poll = await pollOf(play, 'criteria', project);
    const { options } = await play.visitor.ballots.getPoll({
      params: { ...municipalityOf(play), pollId: poll.pollId },
    });
    const criteria = options.map(({ optionId }) => optionId);
    await someVote({ play, project, poll, report }, (at) => {
      // Everybody approves the first criterion; every third voter rejects the others.
      const no = at % 3 === 2 ? criteria.slice(1) : [];
      return { yes: criteria.filter((one) => !no.includes(one)), no };
    });
    await phaseOf(play, project, 'staffing');
  });
}

/** Citizens, without the team, judge each side effect and choose how much of the bonus to pay. */
export async function residentsVoteOnBonus(play: Play, report: Report): Promise<void> {
  await forEach(report, await fundedProjects(play), async (project) => {
    await phaseOf(play, project, 'bonus-vote');
    const poll = await pollOf(play, 'bonus', project);
    const accepted = await acceptedSideEffects(play, project);
    const shares = project.plan.bonusShares;
    await someVote({ play, project, poll, report }, (at) => ({
      ...accepted,
      share: shares[at % shares.length]!,
    }));
    await windowCloses(play, project, 'bonus-appeal');
  });
}

interface ProjectVote {
  readonly play: Play;
  readonly project: PlayedProject;
  readonly poll: PlayedPoll;
  readonly report: Report;
}

async function someVote(
  { play, project, poll, report }: ProjectVote,
  choiceOf: (at: number) => Choice,
): Promise<void> {
  await pollOpens(play, poll);
  const booth = await enterBooth(play, poll.pollId);
  for (const [at, voter] of someVoters(play, project).entries()) {
    poll.receipts.push(...(await booth.vote(voter, choiceOf(at))));
  }
  await closesWhileFollowed(play, poll, booth, report);
}

/** Most devices that follow their ballots at the same time; each downloads the whole board. */
const mostFollowing = 100;

/** A ballot is not on the board that promised it. */
export class BallotLost extends Error {
  override readonly name = 'BallotLost';
}

/** While a poll closes, devices look for their ballots until each has found its own on the board. */
async function closesWhileFollowed(
  play: Play,
  poll: PlayedPoll,
  booth: Booth,
  report: Report,
): Promise<void> {
  const every = Math.ceil(poll.receipts.length / mostFollowing);
  const followed = poll.receipts.filter((_, at) => at % every === 0);
  const following = Promise.all(followed.map(({ receipt }) => booth.follow(receipt)));
  const [ends] = await Promise.all([following, pollCloses(play, poll)]);
  const lost = ends.find((end) => end?.outcome !== 'included');
  if (lost !== undefined) throw new BallotLost(`${poll.pollId}: ${JSON.stringify(lost)}`);
  poll.found = ends.length;
  report.say(
    `${ends.length} of ${poll.receipts.length} devices followed their ballots and found them on the board`,
  );
}

async function acceptedSideEffects(
  play: Play,
  project: PlayedProject,
): Promise<{ yes: string[]; no: string[] }> {
  const page = await play.visitor.projects.listSideEffects({ params: projectParams(play, project) });
  const planned = new Map(project.plan.sideEffects.map((one) => [one.title, one.accepted]));
  const yes = page.items.filter(({ title }) => planned.get(title)).map(({ sideEffectId }) => sideEffectId);
  const no = page.items.filter(({ title }) => !planned.get(title)).map(({ sideEffectId }) => sideEffectId);
  return { yes, no };
}

/** The appeal body ends a window early, as the demo charter lets it. */
export async function windowCloses(play: Play, project: PlayedProject, wait: string): Promise<void> {
  const params = projectParams(play, project);
  const look = () => play.visitor.projects.getProject({ params });
  await until(`The window ${wait} of ${project.plan.key}`, look, ({ lifecycle }) => lifecycle?.wait === wait);
  await play.official('appeal-body').projects.closeWindow({ params });
}

/** Waits until a project is in a phase. */
export async function phaseOf(play: Play, project: PlayedProject, phase: string): Promise<void> {
  const look = () => play.visitor.projects.getProject({ params: projectParams(play, project) });
  await until(`Phase ${phase} of ${project.plan.key}`, look, (seen) => seen.phase === phase);
}

/** A few residents who are not on the team; enough for the quorum of the demo's charter, one in a thousand. */
function someVoters(play: Play, project: PlayedProject): Actor[] {
  const { champion, volunteer, helpers } = project;
  const team = new Set([champion, volunteer, ...helpers].map(({ personId }) => personId));
  const few = Math.max(5, Math.ceil(play.residents.length / 1_000));
  return play.residents.filter(({ personId }) => !team.has(personId)).slice(-few);
}
