import type { Actor } from '../actor.ts';
import { until } from '../patience.ts';
import { forEach, municipalityOf, projectParams } from '../play.ts';
import type { Play, PlayedProject } from '../play.ts';
import type { PlannedProposal } from '../plan.ts';
import type { Report } from '../progress.ts';

/** Residents propose; the proposer is the champion and pledges to help deliver. */
export async function residentsPropose(play: Play, report: Report): Promise<void> {
  const params = { ...municipalityOf(play), roundId: play.roundId };
  const played = new Map<string, PlayedProject>();
  await forEach(report, play.plan.proposals, async (plan, index) => {
    const champion = play.residents[index % play.residents.length]!;
    const successor = play.residents[(index + 1) % play.residents.length]!;
    const { projectId } = await champion.projects.propose({
      params,
      body: {
        externalId: plan.key,
        title: plan.title,
        description: plan.description,
        place: plan.place,
        cost: plan.cost,
        criteria: [...plan.criteria],
        pledge: {
          duties: 'Leads the volunteers, keeps the diary, meets the lead civil servant every week.',
          hoursPerMonth: 8,
          successor: successor.personId,
        },
      },
    });
    const [volunteer, ...helpers] = volunteersFor(play, index, 1 + (plan.helpers ?? 0)) as [
      Actor,
      ...Actor[],
    ];
    played.set(plan.key, { plan, projectId, champion, volunteer, helpers, feeds: [] });
  });
  for (const { key } of play.plan.proposals) play.projects.set(key, played.get(key)!);
}

/** Residents comment, a moderator hides what is unlawful, residents endorse, and what has support is qualified. */
export async function residentsComment(play: Play): Promise<void> {
  const first = [...play.projects.values()][0]!;
  const params = projectParams(play, first);
  const author = play.residents.at(-1)!;
  const comment = (text: string) => author.projects.postComment({ params, body: { text, kind: 'comment' } });
  await comment('Please keep two metres free for prams.');
  const unlawful = await comment('An insult that breaks the rules of the discussion.');
  const about = { ...municipalityOf(play), commentId: unlawful.commentId };
  await play.residents
    .at(-2)!
    .projects.reportComment({ params: about, body: { reason: 'It insults a neighbour.' } });
  await play
    .official('moderator')
    .projects.hideComment({ params: about, body: { reason: 'Insults are hidden.' } });
}

export async function residentsEndorse(play: Play, report: Report): Promise<void> {
  const { threshold } = await play.visitor.projects.getRound({
    params: { ...municipalityOf(play), roundId: play.roundId },
  });
  const projects = [...play.projects.values()];
  await forEach(report, projects, async (project, index) => {
    const needed = project.plan.course === 'without-support' ? Math.max(0, threshold - 1) : threshold;
    for (const resident of endorsersOf(play, project, index, needed)) {
      await resident.projects.endorse({ params: projectParams(play, project) });
    }
    if (project.plan.course !== 'without-support') await phaseOf(play, project, 'qualified');
  });
}

/** One champion thinks better of it; then ideas end, and what has too little support lapses. */
export async function ideasEnd(play: Play): Promise<void> {
  const projects = [...play.projects.values()];
  for (const project of projects.filter(({ plan }) => plan.course === 'withdrawn')) {
    await project.champion.projects.withdrawProposal({
      params: projectParams(play, project),
      body: { reason: 'The school will build it by itself.' },
    });
  }
  const params = { ...municipalityOf(play), roundId: play.roundId };
  await play.official('poll-officer').projects.endIdeas({ params });
  for (const project of projects.filter(({ plan }) => plan.course === 'without-support')) {
    await phaseOf(play, project, 'lapsed');
  }
}

/** The department reviews; a refusal is appealed; then the review ends. */
export async function departmentReviews(play: Play, report: Report): Promise<void> {
  const reviewed = [...play.projects.values()].filter(({ plan }) => isReviewed(plan));
  const round = { ...municipalityOf(play), roundId: play.roundId };
  const look = () => play.visitor.projects.getRound({ params: round });
  await until('The phase of review', look, ({ phase }) => phase === 'review');
  await forEach(report, reviewed, (project) => review(play, project));
  await play.official('poll-officer').projects.endReview({ params: round });
}

const isReviewed = ({ course }: PlannedProposal) => course !== 'withdrawn' && course !== 'without-support';

async function review(play: Play, project: PlayedProject): Promise<void> {
  const params = projectParams(play, project);
  const { course, cost } = project.plan;
  const manager = play.official('manager').projects;
  const admission = { cost, reason: 'Feasible within a year; the cost was checked.' };
  if (course === 'admitted') {
    await manager.admitProposal({ params, body: admission });
    return;
  }
  await manager.refuseProposal({ params, body: { reason: 'This is not a task of the municipality.' } });
  await project.champion.projects.appeal({
    params,
    body: { reason: 'It serves everybody, as the pledge says.' },
  });
  const upheld = course === 'refused-then-admitted';
  const reason = upheld
    ? 'Food at school is a task of the municipality.'
    : 'A jetty for one club serves its members only.';
  await play.official('appeal-body').projects.decideAppeal({ params, body: { upheld, reason } });
  if (upheld) await manager.admitProposal({ params, body: admission });
}

async function phaseOf(play: Play, project: PlayedProject, phase: string): Promise<void> {
  const look = () => play.visitor.projects.getProject({ params: projectParams(play, project) });
  await until(`Phase ${phase} of ${project.plan.key}`, look, (seen) => seen.phase === phase);
}

/** Champions are the first residents; volunteers come after them, the first of each project before its helpers. */
function volunteersFor(play: Play, index: number, count: number): Actor[] {
  const { residents, plan } = play;
  return Array.from({ length: count }, (_, turn) => {
    const at = plan.proposals.length * (1 + turn) + index;
    return residents[at % residents.length]!;
  });
}

function endorsersOf(play: Play, project: PlayedProject, index: number, needed: number): Actor[] {
  const others = play.residents.filter(({ personId }) => personId !== project.champion.personId);
  return Array.from({ length: needed }, (_, at) => others[(index * 7 + at) % others.length]!);
}
