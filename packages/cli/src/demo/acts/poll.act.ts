import type { Actor } from '../actor.ts';
import { until } from '../patience.ts';
import { fundedProjects, forEach, municipalityOf, projectParams } from '../play.ts';
import type { Play, PlayedProject } from '../play.ts';
import type { Report } from '../progress.ts';
import { enterBooth } from '../voting/booth.ts';

/** All residents vote on what is funded; the tally is published and the round allocated. */
export async function residentsVote(play: Play, report: Report): Promise<void> {
  const pollId = await findPoll(play, { roundId: play.roundId, kind: 'prioritisation' });
  await openPoll(play, pollId);
  const idOf = new Map([...play.projects].map(([key, { projectId }]) => [key, projectId]));
  const booth = await enterBooth(play, pollId);
  const voters = play.residents.map((voter, at) => ({ voter, keys: play.plan.ballots[at]! }));
  await forEach(
    report,
    voters,
    ({ voter, keys }) => booth.vote(voter, { choices: keys.map((key) => idOf.get(key)!) }),
    24,
  );
  await closePoll(play, pollId);
  const round = { ...municipalityOf(play), roundId: play.roundId };
  const look = () => play.visitor.projects.getRound({ params: round });
  await until('The allocation of the round', look, ({ phase }) => phase === 'allocated');
}

/** Citizens approve or reject each impact criterion of the funded projects; the result is locked. */
export async function residentsWeighCriteria(play: Play, report: Report): Promise<void> {
  await forEach(report, await fundedProjects(play), async (project) => {
    const pollId = await findPoll(play, { projectId: project.projectId, kind: 'criteria' });
    const poll = await play.visitor.ballots.getPoll({ params: { ...municipalityOf(play), pollId } });
    const options = poll.options.map(({ optionId }) => optionId);
    await openPoll(play, pollId);
    const booth = await enterBooth(play, pollId);
    for (const [at, voter] of someVoters(play, project).entries()) {
      // Everybody approves the first criterion; every third voter rejects the others.
      const no = at % 3 === 2 ? options.slice(1) : [];
      await booth.vote(voter, {
        answers: { yes: options.filter((one) => !no.includes(one)), no },
      });
    }
    await closePoll(play, pollId);
    await phaseOf(play, project, 'staffing');
  });
}

/** Citizens, without the team, judge each side effect and choose how much of the bonus to pay. */
export async function residentsVoteOnBonus(play: Play, report: Report): Promise<void> {
  await forEach(report, await fundedProjects(play), async (project) => {
    await phaseOf(play, project, 'bonus-vote');
    const pollId = await findPoll(play, { projectId: project.projectId, kind: 'bonus' });
    const accepted = await acceptedSideEffects(play, project);
    await openPoll(play, pollId);
    const booth = await enterBooth(play, pollId);
    for (const [at, voter] of someVoters(play, project).entries()) {
      const shares = project.plan.bonusShares;
      await booth.vote(voter, { answers: { ...accepted, share: shares[at % shares.length]! } });
    }
    await closePoll(play, pollId);
    await windowCloses(play, project, 'bonus-appeal');
  });
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

async function findPoll(
  play: Play,
  query: { roundId?: string; projectId?: string; kind: 'prioritisation' | 'criteria' | 'bonus' },
): Promise<string> {
  const look = () => play.visitor.ballots.listPolls({ params: municipalityOf(play), query });
  const page = await until(`The ${query.kind} poll`, look, ({ items }) =>
    items.some(({ phase }) => phase !== 'new'),
  );
  return page.items[0]!.pollId;
}

async function openPoll(play: Play, pollId: string): Promise<void> {
  const officer = play.official('poll-officer').ballots;
  const params = { ...municipalityOf(play), pollId };
  await officer.freezePollRoll({ params });
  await pollPhase(play, pollId, 'roll-frozen');
  await officer.openPoll({ params });
}

async function closePoll(play: Play, pollId: string): Promise<void> {
  const officer = play.official('poll-officer').ballots;
  const params = { ...municipalityOf(play), pollId };
  await officer.closePoll({ params });
  await pollPhase(play, pollId, 'tallied');
  await officer.publishPoll({ params });
}

async function pollPhase(play: Play, pollId: string, phase: string): Promise<void> {
  const look = () => play.visitor.ballots.getPoll({ params: { ...municipalityOf(play), pollId } });
  await until(
    `Phase ${phase} of poll ${pollId}`,
    look,
    (poll) => poll.phase === phase && poll.lifecycle.wait !== null,
  );
}

/** A few residents who are not on the team; enough for the quorum of the demo's charter, one in a thousand. */
function someVoters(play: Play, project: PlayedProject): Actor[] {
  const team = new Set([project.champion.personId, project.volunteer.personId]);
  const few = Math.max(5, Math.ceil(play.residents.length / 1_000));
  return play.residents.filter(({ personId }) => !team.has(personId)).slice(-few);
}
