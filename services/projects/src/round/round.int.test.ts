import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { courseOf } from '../course.fixture.ts';
import { eur, M, projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';

let fixture: Fixture;
let course: Awaited<ReturnType<typeof courseOf>>;
beforeAll(async () => {
  fixture = await projectsFixture(inject('mongodbUrl'));
  course = await courseOf(fixture);
});
afterAll(() => fixture.stop());

describe('a round whose poll has no result', () => {
  it.each([
    ['not-voted', 'not decided in time'],
    ['poll-withheld', 'Too few voted'],
    ['poll-not-held', 'not held'],
    ['poll-annulled', 'appeal'],
  ])('funds nothing and tells everybody why: %s', async (reasonCode, words) => {
    const { roundId, projectId } = await course.admitted();
    const outcome = [{ projectId, funded: false, votes: 0, cost: eur(40_000_00), reasonCode }];
    await fixture.worker.putOnBallot({ params: { roundId }, body: { pollId: 'pol-1' } });
    await fixture.worker.recordAllocation({ params: { roundId }, body: { pollId: 'pol-1', outcome } });
    await fixture.engine.step('round', roundId, { name: 'allocated', phase: 'allocated' });
    // The ballots service, which has nothing to explain, is not asked: here it would fail.
    const result = await fixture.visitor.getRoundResult({ params: { ...M, roundId } });
    expect(result).toMatchObject({ spent: eur(0), projects: [{ projectId, funded: false, reasonCode }] });
    expect(result.projects[0]!.explanation).toContain(words);
    const told = await fixture.events('org.talkoot.project.not-funded.v1');
    expect(told.find(({ subject }) => subject === projectId)?.data).toEqual({ votes: 0, reason: reasonCode });
  });
});
