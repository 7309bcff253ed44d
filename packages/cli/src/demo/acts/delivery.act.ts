import { fundedProjects, forEach, municipalityOf, projectParams } from '../play.ts';
import type { Play, PlayedProject } from '../play.ts';
import type { Report } from '../progress.ts';
import { until } from '../patience.ts';
import { phaseOf } from './poll.act.ts';
import { feedsBegin } from './feed.act.ts';
import { readingsAreTaken } from './measurement.act.ts';

const milestones = [
  { id: 'plan', title: 'Plan agreed' },
  { id: 'built', title: 'Built and in use' },
];

/** The manager assigns civil servants, volunteers join, everybody signs the team agreement. */
export async function teamsForm(play: Play, report: Report): Promise<void> {
  const lead = play.official('civil-servant-1');
  await forEach(report, await fundedProjects(play), async (project) => {
    const params = projectParams(play, project);
    await readingsAreTaken(play, project, (collection) => collection === 'baseline');
    await feedsBegin(play, project);
    await play.official('manager').projects.assignStaff({
      params,
      body: {
        lead: lead.personId,
        civilServants: [
          { personId: lead.personId, hours: 60 },
          { personId: play.official('civil-servant-2').personId, hours: 30 },
        ],
      },
    });
    for (const volunteer of [project.volunteer, ...project.helpers]) {
      await volunteer.projects.volunteer({ params });
      const accept = { params: { ...params, personId: volunteer.personId } };
      await project.champion.projects.acceptVolunteer({ ...accept, body: { as: 'champion' } });
      await lead.projects.acceptVolunteer({ ...accept, body: { as: 'lead' } });
    }
    await agreementIsSigned(play, project);
    await phaseOf(play, project, 'delivery');
  });
}

async function agreementIsSigned(play: Play, project: PlayedProject): Promise<void> {
  const params = projectParams(play, project);
  const { agreementSha256 } = await project.champion.projects.proposeAgreement({
    params,
    body: {
      as: 'champion',
      pots: { 'civil-servants': 50, champions: 30, volunteers: 20 },
      weights: [],
      milestones,
    },
  });
  const team = [
    play.official('civil-servant-1'),
    play.official('civil-servant-2'),
    project.champion,
    project.volunteer,
    ...project.helpers,
  ];
  for (const member of team) await member.projects.signAgreement({ params, body: { agreementSha256 } });
}

/** Money is spent within the commitment, hours and skills are confirmed by the other side, milestones accepted by both. */
export async function projectsAreDelivered(play: Play, report: Report): Promise<void> {
  await forEach(report, await fundedProjects(play), async (project) => {
    await moneyIsSpent(play, project);
    await hoursAreConfirmed(play, project);
    await skillsAreTaught(play, project);
    const params = projectParams(play, project);
    for (const { id } of milestones) {
      const milestone = { params: { ...params, milestoneId: id } };
      await project.champion.projects.acceptMilestone({ ...milestone, body: { as: 'champion' } });
      await play.official('civil-servant-1').projects.acceptMilestone({ ...milestone, body: { as: 'lead' } });
    }
    await phaseOf(play, project, 'measurement');
    project.measurementId = await measurementOf(play, project);
  });
}

async function moneyIsSpent(play: Play, project: PlayedProject): Promise<void> {
  const { cost, spendingPercent } = project.plan;
  const amount = { amount: Math.floor((cost.amount * spendingPercent) / 100), currency: cost.currency };
  const spending = await play.official('civil-servant-1').payments.recordSpending({
    params: projectParams(play, project),
    body: { amount, purpose: 'Materials and work', milestoneId: 'built', invoiceReference: 'INV-1' },
  });
  await play.official('finance-clerk').payments.acceptSpending({
    params: { ...municipalityOf(play), spendingId: spending.spendingId },
  });
}

async function hoursAreConfirmed(play: Play, project: PlayedProject): Promise<void> {
  const params = projectParams(play, project);
  const date = new Date().toISOString().slice(0, 10);
  const body = { date, minutes: 240, work: 'Digging, painting and making coffee' };
  const lead = play.official('civil-servant-1');
  for (const [worker, confirmer] of [
    [project.volunteer, lead],
    [lead, project.champion],
  ] as const) {
    const { hoursId } = await worker.projects.recordHours({ params, body });
    await confirmer.projects.confirmHours({ params: { ...municipalityOf(play), hoursId } });
  }
}

/** Each side teaches the other something, and the citizens rate how the lead worked with them. */
async function skillsAreTaught(play: Play, project: PlayedProject): Promise<void> {
  const params = projectParams(play, project);
  const lead = play.official('civil-servant-1');
  const { champion, volunteer, helpers } = project;
  for (const [teacher, learner, skill] of [
    [champion, lead, 'Organising volunteers'],
    [lead, champion, 'Reading a building permit'],
  ] as const) {
    const body = { learner: learner.personId, skill };
    const { skillId } = await teacher.projects.recordSkill({ params, body });
    await learner.projects.confirmSkill({ params: { ...municipalityOf(play), skillId } });
  }
  for (const [at, rater] of [champion, volunteer, ...helpers].entries()) {
    const body = { personId: lead.personId, milestoneId: 'plan', stars: at === 1 ? 4 : 5 };
    await rater.projects.rateCollaboration({ params, body });
  }
}

async function measurementOf(play: Play, project: PlayedProject): Promise<string> {
  const look = () => play.visitor.projects.getProject({ params: projectParams(play, project) });
  const seen = await until(
    `The measurement of ${project.plan.key}`,
    look,
    (one) => one.measurementId !== null,
  );
  return seen.measurementId!;
}
