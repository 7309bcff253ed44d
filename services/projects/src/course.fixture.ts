import type { CriterionInput } from '@talkoot/api-contracts/projects';
import { charter, eur, M, proposal } from './projects.fixture.ts';
import type { Fixture } from './projects.fixture.ts';

/** The usual people, and the usual course of a project up to any phase, through the API. */
export async function courseOf(fixture: Fixture) {
  const people = {
    sponsor: await fixture.person('per-sponsor', 'sponsor'),
    authority: await fixture.person('per-authority', 'budget-authority'),
    officer: await fixture.person('per-officer', 'poll-officer'),
    manager: await fixture.person('per-manager', 'department-manager'),
    appealBody: await fixture.person('per-appeal', 'appeal-body'),
    assessor: await fixture.person('per-assessor', 'assessor'),
    lead: await fixture.person('per-lead', 'civil-servant'),
    servant: await fixture.person('per-servant', 'civil-servant'),
    champion: await fixture.person('per-champion', 'resident'),
    volunteer: await fixture.person('per-volunteer', 'resident'),
    resident: await fixture.person('per-resident', 'resident'),
  };
  const { engine, worker } = fixture;

  async function draftedPilot() {
    const { pilotId, charterSha256 } = await people.sponsor.draftPilot({
      params: M,
      body: { name: 'P', charter },
    });
    await engine.step('pilot', pilotId, { name: 'drafted', phase: 'drafted' });
    return { params: { ...M, pilotId }, pilotId, charterSha256 };
  }
  async function runningPilot() {
    const pilot = await draftedPilot();
    const { params, charterSha256 } = pilot;
    await people.sponsor.sponsorPilot({ params, body: { charterSha256 } });
    await people.sponsor.requestPermission({ params, body: { charterSha256 } });
    const grant = { share: '0.02', adoptedBudget: eur(7_500_000_00) };
    const body = { charterSha256, grant, expiresAt: '2035-01-01T00:00:00.000Z', fiscalYear: 2027 };
    await people.authority.permitPilot({ params, body });
    await engine.step('pilot', pilot.pilotId, { name: 'funds-opened', phase: 'running' });
    return pilot;
  }
  async function openRound() {
    const pilot = await runningPilot();
    const body = { name: 'First round', budget: { amount: eur(60_000_00) } };
    const { roundId } = await people.sponsor.openRound({ params: pilot.params, body });
    await engine.step('round', roundId, { name: 'ideas', phase: 'ideas' });
    return { ...pilot, roundId, round: { ...M, roundId } };
  }
  async function proposed(criteria?: CriterionInput[]) {
    const opened = await openRound();
    const { projectId } = await people.champion.propose({ params: opened.round, body: proposal(criteria) });
    await engine.step('project', projectId, { name: 'proposed', phase: 'proposed' });
    return { ...opened, projectId, project: { ...M, projectId } };
  }
  async function admitted(criteria?: CriterionInput[]) {
    const course = await proposed(criteria);
    const { project: params, projectId } = course;
    for (const id of ['per-a', 'per-b']) {
      await (await fixture.person(id, 'resident')).endorse({ params });
    }
    await engine.step('project', projectId, { name: 'threshold-reached', phase: 'qualified' });
    await people.manager.admitProposal({ params, body: { cost: eur(40_000_00), reason: 'Feasible.' } });
    return course;
  }
  async function locked(criteria?: CriterionInput[]) {
    const course = await admitted(criteria);
    const { roundId, projectId, project } = course;
    const allocation = { projectId, funded: true, votes: 12, cost: eur(40_000_00), reasonCode: 'funded' };
    await worker.putOnBallot({ params: { roundId }, body: { pollId: 'pol-1' } });
    await engine.step('project', projectId, { name: 'on-ballot', phase: 'on-ballot' });
    await worker.recordAllocation({ params: { roundId }, body: { pollId: 'pol-1', outcome: [allocation] } });
    await engine.step('project', projectId, { name: 'allocated', phase: 'funded' });
    const { criteria: options } = await worker.listCriteria({ params: { projectId } });
    const tallies = options.map(({ criterionId }) => ({ optionId: criterionId, yes: 10, no: 2 }));
    const body = { pollId: 'pol-c-1', counted: true, ballots: 12, roll: 40, options: tallies };
    await worker.lockCriteria({ params: { projectId }, body });
    await engine.step('project', projectId, { name: 'locked', phase: 'staffing' });
    const { criteria: shown } = await fixture.visitor.getProject({ params: project });
    return { ...course, criteria: shown };
  }
  async function agreed(criteria?: CriterionInput[]) {
    const course = await locked(criteria);
    const { project: params, projectId } = course;
    const civilServants = [
      { personId: 'per-lead', hours: 60 },
      { personId: 'per-servant', hours: 20 },
    ];
    await people.manager.assignStaff({ params, body: { lead: 'per-lead', civilServants } });
    await people.volunteer.volunteer({ params });
    const accept = { params: { ...params, personId: 'per-volunteer' } };
    await people.champion.acceptVolunteer({ ...accept, body: { as: 'champion' } });
    await people.lead.acceptVolunteer({ ...accept, body: { as: 'lead' } });
    const pots = { 'civil-servants': 50, champions: 30, volunteers: 20 };
    const milestones = [{ id: 'built', title: 'Built' }];
    const body = { as: 'champion' as const, pots, weights: [], milestones };
    const { agreementSha256 } = await people.champion.proposeAgreement({ params, body });
    for (const member of [people.lead, people.servant, people.champion, people.volunteer]) {
      await member.signAgreement({ params, body: { agreementSha256 } });
    }
    await engine.step('project', projectId, { name: 'baseline', phase: 'delivery' });
    return { ...course, agreementSha256 };
  }
  async function delivered(criteria?: CriterionInput[]) {
    const course = await agreed(criteria);
    const params = { ...course.project, milestoneId: 'built' };
    await people.champion.acceptMilestone({ params, body: { as: 'champion' } });
    await people.lead.acceptMilestone({ params, body: { as: 'lead' } });
    await engine.step('project', course.projectId, { name: 'delivered', phase: 'measurement' });
    const { measurementId } = await worker.startMeasurement({ params: { projectId: course.projectId } });
    return { ...course, measurementId };
  }
  // Each at an instant of its own: two readings of one unit at one instant are a repetition.
  let readings = 0;
  const reading = (criterionId: string, collection: string, value: string) => ({
    criterionId,
    collection,
    observedAt: new Date(fixture.now().getTime() + (readings += 1)).toISOString(),
    value,
    unit: 'cyclists',
  });
  /** Until the first collection of the charter was due, so that the second can be observed. */
  const toSecondCollection = () => fixture.pass(95);
  return {
    people,
    toSecondCollection,
    draftedPilot,
    runningPilot,
    openRound,
    proposed,
    admitted,
    locked,
    agreed,
    delivered,
    reading,
  };
}
