import { fundedProjects, forEach, municipalityOf, projectParams } from '../play.ts';
import type { Play, PlayedProject } from '../play.ts';
import type { Report } from '../progress.ts';
import { until } from '../patience.ts';
import { phaseOf } from './poll.act.ts';
import { readingsAreTaken } from './measurement.act.ts';

const milestones = [
  { id: 'plan', title: 'Plan agreed' },
  { id: 'built', title: 'Built and in use' },
];

/** The manager assigns civil servants, a volunteer joins, everybody signs the team agreement. */
export async function teamsForm(play: Play, report: Report): Promise<void> {
  const lead = play.official('civil-servant-1');
  await forEach(report, await fundedProjects(play), async (project) => {
    const params = projectParams(play, project);
    await readingsAreTaken(play, project, (collection) => collection === 'baseline');
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
    await project.volunteer.projects.volunteer({ params });
    const accept = { params: { ...params, personId: project.volunteer.personId } };
    await project.champion.projects.acceptVolunteer({ ...accept, body: { as: 'champion' } });
    await lead.projects.acceptVolunteer({ ...accept, body: { as: 'lead' } });
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
  const body = { date: '2026-11-20', minutes: 240, work: 'Digging, painting and making coffee' };
  const lead = play.official('civil-servant-1');
  for (const [worker, confirmer] of [
    [project.volunteer, lead],
    [lead, project.champion],
  ] as const) {
    const { hoursId } = await worker.projects.recordHours({ params, body });
    await confirmer.projects.confirmHours({ params: { ...municipalityOf(play), hoursId } });
  }
}

async function skillsAreTaught(play: Play, project: PlayedProject): Promise<void> {
  const params = projectParams(play, project);
  const lead = play.official('civil-servant-1');
  const { skillId } = await project.champion.projects.recordSkill({
    params,
    body: { learner: lead.personId, skill: 'Organising volunteers' },
  });
  await lead.projects.confirmSkill({ params: { ...municipalityOf(play), skillId } });
  const rate = { personId: lead.personId, milestoneId: 'plan', stars: 5 };
  await project.champion.projects.rateCollaboration({ params, body: rate });
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
