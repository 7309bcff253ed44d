import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { cyclists, eur, M, projectsFixture, proposal } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;

beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

const refused = (code: string) => ({ code });

describe('proposing', () => {
  it.each([
    ['over-project-cap', { cost: eur(80_000_01) }],
    ['currency-differs', { cost: { amount: 1, currency: 'SEK' } }],
    ['goal-equals-baseline', { criteria: [{ ...cyclists, goal: '240.0' }] }],
    ['direction-differs', { criteria: [{ ...cyclists, goal: '200' }] }],
    ['failure-bound-misplaced', { criteria: [{ ...cyclists, failureBound: '250' }] }],
    ['invalid-request', { criteria: [] }],
    ['invalid-request', { criteria: [{ ...cyclists, goal: 'NaN' }] }],
  ])('is refused with %s', async (code, changes) => {
    const { round } = await course.openRound();
    const propose = course.people.champion.propose({ params: round, body: { ...proposal(), ...changes } });
    await expect(propose).rejects.toMatchObject(refused(code));
  });

  it('is for the electorate of the pilot', async () => {
    const { round } = await course.openRound();
    fixture.world.ineligible.add('per-child');
    const child = await fixture.person('per-child', 'resident');
    await expect(child.propose({ params: round, body: proposal() })).rejects.toMatchObject(
      refused('not-eligible'),
    );
  });

  it('keeps imported ids apart within a round', async () => {
    const { round } = await course.openRound();
    const body = { ...proposal(), externalId: '17' };
    await course.people.champion.propose({ params: round, body });
    await expect(course.people.champion.propose({ params: round, body })).rejects.toMatchObject(
      refused('external-id-taken'),
    );
  });

  it('ends with the phase of ideas, whoever comes at the same moment', async () => {
    const { round, roundId } = await course.openRound();
    const { champion, resident } = course.people;
    const [closed, ...proposed] = await Promise.allSettled([
      fixture.worker.closeIdeas({ params: { roundId } }),
      champion.propose({ params: round, body: proposal() }),
      resident.propose({ params: round, body: proposal() }),
    ]);
    expect(closed.status).toBe('fulfilled');
    await expect(champion.propose({ params: round, body: proposal() })).rejects.toMatchObject(
      refused('wrong-phase'),
    );
    const made = proposed.filter(({ status }) => status === 'fulfilled').length;
    await fixture.worker.closeIdeas({ params: { roundId } });
    const told = (await fixture.facts('ideas-closed')).length;
    expect(told).toBe(made);
  });
});

describe('a proposal', () => {
  it('is edited by its champion, who read the latest version; earlier ones stay readable', async () => {
    const { project: params } = await course.proposed();
    const { champion, resident } = course.people;
    const body = { ...proposal(), title: 'More racks' };
    expect(await champion.editProposal({ params, ifMatch: '"v1"', body })).toEqual({ version: 2 });
    await expect(champion.editProposal({ params, ifMatch: '"v1"', body })).rejects.toMatchObject(
      refused('stale-edit'),
    );
    await expect(resident.editProposal({ params, ifMatch: '"v2"', body })).rejects.toMatchObject(
      refused('not-champion'),
    );
    const { items } = await fixture.visitor.listProposalVersions({ params });
    expect(items.map(({ version, content }) => [version, content.title])).toEqual([
      [1, 'Bicycle racks'],
      [2, 'More racks'],
    ]);
  });

  it('is edited only while it is proposed', async () => {
    const { project: params } = await course.admitted();
    const edit = course.people.champion.editProposal({ params, ifMatch: '"v1"', body: proposal() });
    await expect(edit).rejects.toMatchObject(refused('wrong-phase'));
  });

  it('is withdrawn by its champion only', async () => {
    const { project: params } = await course.proposed();
    const body = { reason: 'Built already.' };
    await expect(course.people.resident.withdrawProposal({ params, body })).rejects.toMatchObject(
      refused('not-champion'),
    );
    await course.people.champion.withdrawProposal({ params, body });
    expect(await fixture.visitor.getProject({ params })).toMatchObject({ phase: 'withdrawn' });
  });

  it('is listed by phase and round, page by page', async () => {
    const { round, roundId } = await course.openRound();
    for (let n = 0; n < 5; n += 1) await course.people.champion.propose({ params: round, body: proposal() });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const query = { roundId, phase: 'new', limit: 2, ...(after ? { after } : {}) };
      const page = await fixture.visitor.listProjects({ params: M, query });
      seen.push(...page.items.map(({ projectId }) => projectId));
      after = page.next ?? undefined;
    } while (after);
    expect(new Set(seen).size).toBe(5);
    const bent = fixture.visitor.listProjects({ params: M, query: { after: 'bent' } });
    await expect(bent).rejects.toMatchObject(refused('invalid-request'));
  });
});

describe('merging', () => {
  it('needs the consent of both champions and makes one the co-champion', async () => {
    const first = await course.proposed();
    const { champion, resident } = course.people;
    const { projectId: into } = await resident.propose({ params: first.round, body: proposal() });
    await fixture.engine.step('project', into, { name: 'proposed', phase: 'proposed' });
    const params = first.project;
    await expect(resident.consentMerge({ params, body: { into } })).rejects.toMatchObject(
      refused('no-merge-requested'),
    );
    await expect(resident.requestMerge({ params, body: { into } })).rejects.toMatchObject(
      refused('not-champion'),
    );
    await expect(champion.requestMerge({ params, body: { into: first.projectId } })).rejects.toMatchObject(
      refused('merge-with-itself'),
    );
    const elsewhere = await course.proposed();
    await expect(
      champion.requestMerge({ params, body: { into: elsewhere.projectId } }),
    ).rejects.toMatchObject(refused('other-round'));
    await champion.requestMerge({ params, body: { into } });
    await expect(champion.consentMerge({ params, body: { into } })).rejects.toMatchObject(
      refused('not-champion'),
    );
    await resident.consentMerge({ params, body: { into } });
    expect(await fixture.visitor.getProject({ params })).toMatchObject({ phase: 'merged', mergedInto: into });
    const kept = await fixture.visitor.getProject({ params: { ...M, projectId: into } });
    expect(kept.coChampions).toEqual(['per-champion']);
  });

  it('makes a volunteer who becomes a co-champion no longer a volunteer: nobody shares in two pots', async () => {
    const opened = await course.openRound();
    const { champion, resident } = course.people;
    const first = await champion.propose({ params: opened.round, body: proposal() });
    const second = await resident.propose({ params: opened.round, body: proposal() });
    for (const { projectId } of [first, second])
      await fixture.engine.step('project', projectId, { name: 'proposed', phase: 'proposed' });
    const params = { ...M, projectId: first.projectId };
    const into = { ...M, projectId: second.projectId };
    await champion.volunteer({ params: into });
    await champion.requestMerge({ params, body: { into: second.projectId } });
    await resident.consentMerge({ params, body: { into: second.projectId } });
    expect(await fixture.visitor.showTeam({ params: into })).toMatchObject({
      coChampions: ['per-champion'],
      volunteers: [],
    });
  });
});

describe('champions', () => {
  it('invite co-champions, who accept for themselves', async () => {
    const { project: params } = await course.proposed();
    const { champion, resident } = course.people;
    const invite = (personId: string) => champion.inviteCoChampion({ params, body: { personId } });
    await expect(resident.acceptCoChampion({ params })).rejects.toMatchObject(refused('not-invited'));
    await invite('per-resident');
    await resident.acceptCoChampion({ params });
    await expect(invite('per-resident')).rejects.toMatchObject(refused('already-champion'));
    expect((await fixture.visitor.getProject({ params })).coChampions).toEqual(['per-resident']);
  });

  it('who fall silent are succeeded by the one their pledge names', async () => {
    const { project: params, projectId } = await course.proposed();
    await course.people.manager.askChampion({ params, body: { reason: 'Are you there?' } });
    await expect(course.people.resident.answerAsChampion({ params })).rejects.toMatchObject(
      refused('not-champion'),
    );
    await fixture.engine.step('project', projectId, { name: 'champion-succeeded' });
    expect((await fixture.visitor.getProject({ params })).champion).toBe('per-successor');
    const again = course.people.manager.askChampion({ params, body: { reason: 'And you?' } });
    await expect(again).rejects.toMatchObject(refused('no-successor'));
  });

  it('are succeeded by nobody from outside the electorate', async () => {
    const { round } = await course.openRound();
    const pledge = { ...proposal().pledge, successor: 'per-from-elsewhere' };
    const { champion, manager } = course.people;
    const { projectId } = await champion.propose({ params: round, body: { ...proposal(), pledge } });
    const params = { ...M, projectId };
    fixture.world.ineligible.add('per-from-elsewhere');
    const asked = manager.askChampion({ params, body: { reason: 'Are you there?' } });
    await expect(asked).rejects.toMatchObject(refused('not-eligible'));
  });

  it('are not succeeded by a civil servant of the team, assigned while they were silent', async () => {
    const { project: params, projectId } = await course.locked();
    const { manager } = course.people;
    await manager.askChampion({ params, body: { reason: 'Are you there?' } });
    const civilServants = [{ personId: 'per-successor', hours: 10 }];
    await manager.assignStaff({ params, body: { lead: 'per-successor', civilServants } });
    await fixture.engine.step('project', projectId, { name: 'champion-succeeded' });
    const team = await fixture.visitor.showTeam({ params });
    expect(team).toMatchObject({ lead: 'per-successor', champion: 'per-champion' });
  });

  it('who succeeded cannot become their own co-champions', async () => {
    const { project: params, projectId } = await course.proposed();
    const successor = await fixture.person('per-successor', 'resident');
    await course.people.champion.inviteCoChampion({ params, body: { personId: 'per-successor' } });
    await course.people.manager.askChampion({ params, body: { reason: 'Are you there?' } });
    await fixture.engine.step('project', projectId, { name: 'champion-succeeded' });
    await expect(successor.acceptCoChampion({ params })).rejects.toMatchObject(refused('not-invited'));
  });
});
