import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { M, projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';
import { tellOfContests } from './contest.telling.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;
let done: Awaited<ReturnType<typeof workedPilot>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
beforeEach(async () => {
  done = await workedPilot();
});
afterAll(() => fixture.stop());

const refused = (code: string) => ({ code });
const today = () => new Date().toISOString().slice(0, 10);

/** A delivered project in which two civil servants worked and citizens rated one of them. */
async function workedPilot(raters = 3) {
  const { project, projectId, pilotId } = await course.agreed();
  const { champion, lead, servant, volunteer } = course.people;
  const helpers = [champion, volunteer, await joined(project)].slice(0, raters);
  const { hoursId } = await servant.recordHours({
    params: project,
    body: { date: today(), minutes: 600, work: 'Digging' },
  });
  await champion.confirmHours({ params: { ...M, hoursId } });
  await servant.recordHours({ params: project, body: { date: today(), minutes: 60, work: 'Not confirmed' } });
  const { skillId } = await servant.recordSkill({
    params: project,
    body: { learner: 'per-volunteer', skill: 'Procurement' },
  });
  await volunteer.confirmSkill({ params: { ...M, skillId } });
  await lead.recordSkill({ params: project, body: { learner: 'per-volunteer', skill: 'Not confirmed' } });
  for (const [at, rater] of helpers.entries()) {
    const body = { personId: 'per-servant', milestoneId: 'built', stars: 5 - at };
    await rater.rateCollaboration({ params: project, body });
  }
  const pilot = { ...M, pilotId };
  return {
    pilot,
    projectId,
    assessed: () => fixture.engine.step('project', projectId, { name: 'measured', phase: 'assessment' }),
    evaluate: () => course.people.sponsor.endRounds({ params: pilot }),
  };
}

/** A second volunteer, who joins after the agreement. */
async function joined(project: { municipalityId: string; projectId: string }) {
  const person = await fixture.person('per-second', 'resident');
  await fixture.connection.collection('projects').updateOne(
    { _id: project.projectId as never },
    {
      $push: {
        volunteers: { personId: 'per-second', acceptedByChampion: true, acceptedByLead: true },
      } as never,
    },
  );
  return person;
}

const evaluated = async () => {
  await done.assessed();
  await done.evaluate();
};
const contest = (changes: object = {}) =>
  course.people.servant.contestRecord({
    params: done.pilot,
    body: { criterion: 'hours', reason: 'Thirty minutes of June are missing.', ...changes },
  });

describe('a performance record', () => {
  it('is weighed by the charter, from confirmed work, line by line to the charter', async () => {
    await done.assessed();
    const record = await course.people.servant.getMyRecord({ params: done.pilot });
    const { charterSha256 } = await fixture.visitor.getPilot({ params: done.pilot });
    expect(record.entries.map(({ criterion, figure, points }) => [criterion, figure, points])).toEqual([
      ['collaboration', '4', '8/25'],
      ['engagement', '1', '1/5'],
      ['hours', '1/2', '1/10'],
      ['skills-taught', '1', '1/20'],
      ['skills-learned', '0', '0'],
    ]);
    expect(record).toMatchObject({ score: '67/100', charterSha256, minimumRaters: 3 });
    expect(record.computation[0]).toBe(`charter: ${charterSha256}`);
    expect(record.computation.at(-1)).toBe('score: 0.32 + 0.2 + 0.1 + 0.05 + 0 = 0.67');
  });

  it('keeps what was done when others take over, for the person and for hr', async () => {
    const params = { ...M, projectId: done.projectId };
    const civilServants = [{ personId: 'per-lead', hours: 60 }];
    await course.people.manager.assignStaff({ params, body: { lead: 'per-lead', civilServants } });
    await evaluated();
    const record = await course.people.servant.getMyRecord({ params: done.pilot });
    expect(record.projects).toMatchObject([{ projectId: done.projectId, assignedHours: 20 }]);
    expect(record.projects[0]!.until).not.toBeNull();
    expect(record.entries.map(({ criterion, figure }) => [criterion, figure])).toEqual([
      ['collaboration', '4'],
      ['engagement', '1'],
      ['hours', '1/2'],
      ['skills-taught', '1'],
      ['skills-learned', '0'],
    ]);
    const hr = await fixture.person('per-hr', 'hr');
    const { items } = await hr.exportRecords({ params: done.pilot, query: { limit: 10 } });
    expect(items.map(({ personId }) => personId)).toEqual(['per-lead', 'per-servant']);
    // Whoever left is no outsider: the project's success is theirs too.
    const left = await fixture.person('per-servant', 'civil-servant');
    const body = course.reading('crt-any', 'c1', '300');
    await expect(left.recordObservation({ params, body })).rejects.toMatchObject(refused('interested-party'));
    const { contestId } = await contest();
    const decider = await fixture.person('per-servant', 'appeal-body');
    const decision = { upheld: false, reason: 'The record is right.' };
    await expect(
      decider.decideContest({ params: { ...M, contestId }, body: decision }),
    ).rejects.toMatchObject(refused('decider-concerned'));
  });

  it('shows no stars while somebody may still rate', async () => {
    const { entries } = await course.people.servant.getMyRecord({ params: done.pilot });
    expect(entries[0]).toMatchObject({ figure: null, why: 'nothing-yet' });
  });

  it('shows no stars that two people gave, and says why', async () => {
    done = await workedPilot(2);
    await done.assessed();
    const record = await course.people.servant.getMyRecord({ params: done.pilot });
    expect(record.entries[0]).toMatchObject({ figure: null, points: null, why: 'too-few-raters' });
    expect(record.score).toBeNull();
    expect(record.computation[1]).toContain('fewer than 3 raters in each project: they could be told apart');
  });

  it('is read by that person, by hr once the pilot is evaluated, and by nobody else', async () => {
    const hr = await fixture.person('per-hr', 'hr');
    const params = { ...done.pilot, personId: 'per-servant' };
    await expect(hr.getRecord({ params })).rejects.toMatchObject(refused('record-early'));
    await expect(hr.exportRecords({ params: done.pilot })).rejects.toMatchObject(refused('record-early'));
    await evaluated();
    const own = await course.people.servant.getMyRecord({ params: done.pilot });
    expect(await hr.getRecord({ params })).toEqual(own);
    const { lead, manager, sponsor, champion, appealBody } = course.people;
    for (const other of [lead, manager, sponsor, champion, appealBody, fixture.visitor]) {
      await expect(other.getRecord({ params })).rejects.toThrow();
      await expect(other.exportRecords({ params: done.pilot })).rejects.toThrow();
      await expect(other.exportRecordsCsv({ params: done.pilot })).rejects.toThrow();
    }
    const none = champion.getMyRecord({ params: done.pilot });
    await expect(none).rejects.toMatchObject(refused('record-missing'));
    const elsewhere = await fixture.elsewhere('per-hr', 'hr');
    await expect(elsewhere.getRecord({ params })).rejects.toMatchObject(refused('forbidden'));
    const foreign = { ...params, municipalityId: 'muualla' };
    await expect(elsewhere.getRecord({ params: foreign })).rejects.toMatchObject(refused('not-found'));
  });

  it('is exported for hr in pages, with the number of the personnel system', async () => {
    const hr = await fixture.person('per-hr', 'hr');
    fixture.world.personnel.set('per-servant', 'P-17');
    await evaluated();
    const first = await hr.exportRecords({ params: done.pilot, query: { limit: 1 } });
    const second = await hr.exportRecords({ params: done.pilot, query: { limit: 1, after: first.next! } });
    expect([first.items[0]?.personId, second.items[0]?.personId]).toEqual(['per-lead', 'per-servant']);
    expect(second.next).toBeNull();
    expect(first.items[0]).toMatchObject({ personnelNumber: null, contested: false, score: null });
    expect(second.items[0]).toMatchObject({ personnelNumber: 'P-17', contested: false, score: '67/100' });
    const csv = await hr.exportRecordsCsv({ params: done.pilot });
    expect(csv.split('\r\n')).toHaveLength(1 + 2 * 5 + 1);
    expect(csv).toMatch(
      /^P-17,per-servant,.*,hours,0.200000,1.000000,0.500000,0.500000,0.100000,,none,0.670000\r$/m,
    );
    expect(csv).not.toMatch(/\d\/\d/);
    const rest = await hr.exportRecordsCsv({ params: done.pilot, query: { after: 'per-lead' } });
    expect(rest.split('\r\n')).toHaveLength(1 + 5 + 1);
  });

  it('leaves no trace in events or in what goes to workflows', async () => {
    await evaluated();
    await contest();
    const outbox = JSON.stringify(await fixture.connection.collection('outbox').find().toArray());
    expect(outbox).not.toMatch(/stars|rating|contest/i);
  });
});

describe('a contest', () => {
  it('puts the decided figure beside the recorded one, and the export says which entries are contested', async () => {
    await evaluated();
    const hr = await fixture.person('per-hr', 'hr');
    const opened = await contest();
    expect(opened).toMatchObject({ contested: '1/2', decision: null, overdue: false });
    const entryIn = async () =>
      (await hr.exportRecords({ params: done.pilot, query: { after: undefined } })).items.find(
        ({ personId }) => personId === 'per-servant',
      )!;
    expect(await entryIn()).toMatchObject({ contested: true });
    const params = { ...M, contestId: opened.contestId };
    const open = await course.people.appealBody.listContests({ params: M, query: { limit: 200 } });
    expect(open.items.map(({ contestId }) => contestId)).toContain(opened.contestId);
    const file = await course.people.appealBody.getContest({ params });
    expect(file).toMatchObject({ reasonText: 'Thirty minutes of June are missing.', decisionText: null });
    expect(file.computation[0]).toBe('hours: 600 confirmed minutes of 20 assigned hours = 0.5');
    const body = { upheld: true, figure: '21/40', reason: 'The list of June shows them.' };
    await course.people.appealBody.decideContest({ params, body });
    const after = await entryIn();
    expect(after.contested).toBe(false);
    expect(after.entries[2]).toMatchObject({ recorded: '1/2', figure: '21/40', contest: 'upheld' });
    const own = await course.people.servant.getMyRecord({ params: done.pilot });
    expect(own.computation).toContain(`hours: corrected: contest ${opened.contestId} = 0.525`);
    expect(own.contests).toMatchObject([{ decision: { upheld: true, figure: '21/40' } }]);
    const again = course.people.appealBody.decideContest({ params, body });
    await expect(again).rejects.toMatchObject(refused('already-decided'));
    expect(
      (await course.people.appealBody.listContests({ params: M, query: { limit: 200 } })).items,
    ).not.toContainEqual(expect.objectContaining({ contestId: opened.contestId }));
  });

  it('is made of an entry that is shown, once, in its time', async () => {
    await expect(contest()).rejects.toMatchObject(refused('contest-early'));
    await evaluated();
    await contest();
    await expect(contest()).rejects.toMatchObject(refused('already-contested'));
    const { lead, champion } = course.people;
    const hidden = { params: done.pilot, body: { criterion: 'collaboration', reason: 'No.' } as const };
    await expect(lead.contestRecord(hidden)).rejects.toMatchObject(refused('nothing-to-contest'));
    await expect(champion.contestRecord(hidden)).rejects.toMatchObject(refused('record-missing'));
    await fixture.connection
      .collection('pilots')
      .updateOne(
        { _id: done.pilot.pilotId as never },
        { $set: { evaluatingSince: '2020-01-01T00:00:00.000Z' } },
      );
    await expect(contest({ criterion: 'engagement' })).rejects.toMatchObject(refused('contest-late'));
  });

  it('is told to the appeal body, its decision to the person, by id alone and without a public trace', async () => {
    await evaluated();
    const { contestId, dueAt } = await contest();
    const noticesOf = () =>
      fixture.world.notices.filter(({ body }) => body.subject.id === contestId).map(({ body }) => body);
    expect(noticesOf()).toMatchObject([
      { to: { role: 'appeal-body' }, template: 'decision', wait: 'record.contest-decision', dueAt },
    ]);
    expect(JSON.stringify(noticesOf())).not.toMatch(/per-servant|hours|June/);
    const body = { upheld: false, reason: 'The record is right.' };
    await course.people.appealBody.decideContest({ params: { ...M, contestId }, body });
    expect(noticesOf()[1]).toMatchObject({ to: { personId: 'per-servant' }, wait: null });
    await tellOfContests(fixture);
    expect(noticesOf()).toHaveLength(2);
  });

  it('is told of though identity was silent, and told again once when its time is over', async () => {
    await evaluated();
    fixture.world.isSilent = true;
    const { contestId, dueAt } = await contest();
    await expect(tellOfContests(fixture)).rejects.toThrow('left for later');
    fixture.world.isSilent = false;
    const told = () =>
      fixture.world.notices
        .filter(({ body }) => body.subject.id === contestId)
        .map(({ body }) => `${body.template} to ${'role' in body.to ? body.to.role : 'a person'}`);
    expect(told()).toEqual([]);
    await tellOfContests(fixture);
    expect(told()).toEqual(['decision to appeal-body']);
    const days = Math.ceil((Date.parse(dueAt) - fixture.now().getTime()) / 86_400_000);
    fixture.pass(days);
    await tellOfContests(fixture);
    await tellOfContests(fixture);
    fixture.pass(-days);
    expect(told()).toEqual(['decision to appeal-body', 'overdue to appeal-body', 'escalation to hr']);
  });

  it('of one entry made twice at once is one contest', async () => {
    await evaluated();
    const made = await Promise.allSettled([contest(), contest(), contest()]);
    expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
  });

  it('is decided by nobody who worked with the person, rated or assigned them', async () => {
    await evaluated();
    const { contestId } = await contest();
    const params = { ...M, contestId };
    const body = { upheld: false, reason: 'The record is right.' };
    for (const id of ['per-servant', 'per-lead', 'per-champion', 'per-second', 'per-manager']) {
      const concerned = await fixture.person(id, 'appeal-body');
      await expect(concerned.decideContest({ params, body })).rejects.toMatchObject(
        refused('decider-concerned'),
      );
    }
    await expect(course.people.manager.decideContest({ params, body })).rejects.toMatchObject(
      refused('forbidden'),
    );
    const { appealBody } = course.people;
    const decide = (changes: object) => appealBody.decideContest({ params, body: { ...body, ...changes } });
    await expect(decide({ upheld: true })).rejects.toMatchObject(refused('figure-missing'));
    await expect(decide({ figure: '1' })).rejects.toMatchObject(refused('figure-missing'));
    await expect(decide({ upheld: true, figure: '-1' })).rejects.toMatchObject(
      refused('figure-out-of-range'),
    );
    await expect(decide({ upheld: true, figure: '1/0' })).rejects.toMatchObject(
      refused('figure-out-of-range'),
    );
    const decided = await Promise.allSettled([decide({}), decide({ idempotencyKey: randomUUID() })]);
    expect(decided.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(await course.people.servant.getMyRecord({ params: done.pilot })).toMatchObject({
      entries: expect.arrayContaining([
        expect.objectContaining({ criterion: 'hours', figure: '1/2', contest: 'dismissed' }),
      ]),
    });
  });

  it('is read by the person, the appeal body and hr; its words are not published', async () => {
    await evaluated();
    const { contestId, reason } = await contest();
    const params = { ...M, contestId };
    const { servant, appealBody, lead, champion, manager } = course.people;
    const hr = await fixture.person('per-hr', 'hr');
    for (const reader of [servant, appealBody, hr]) {
      expect((await reader.getContest({ params })).reasonText).toContain('June');
    }
    for (const other of [lead, champion, manager]) {
      await expect(other.getContest({ params })).rejects.toMatchObject(refused('not-found'));
      await expect(other.listContests({ params: M })).rejects.toMatchObject(refused('forbidden'));
    }
    const published = fixture.visitor.getText({ params: { ...M, textId: reason.id } });
    await expect(published).rejects.toMatchObject(refused('not-found'));
  });

  it('is overdue when its time by the charter has passed', async () => {
    await evaluated();
    const { contestId, dueAt } = await contest();
    expect(Date.parse(dueAt)).toBeGreaterThan(Date.now());
    await fixture.connection
      .collection('recordcontests')
      .updateOne({ _id: contestId as never }, { $set: { dueAt: '2020-01-01T00:00:00.000Z' } });
    expect(await course.people.servant.getContest({ params: { ...M, contestId } })).toMatchObject({
      overdue: true,
    });
  });
});
