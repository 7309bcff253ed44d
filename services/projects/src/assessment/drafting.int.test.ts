import type { Criterion } from '@talkoot/api-contracts/projects';
import { setImmediate as turn } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { charter, cyclists, M, projectsFixture } from '../projects.fixture.ts';
import type { Fixture } from '../projects.fixture.ts';
import { draftAssessment } from './assessment.ts';
import type { AssessmentBasis } from './assessment.ts';
import { lockCriteria } from './criteria.lock.ts';
import { Drafting } from './drafting.ts';
import type { DraftingLimits } from './drafting.ts';
import type { Standing } from './estimates.ts';

const refused = (code: string) => ({ name: 'DomainError', code });
const criterion: Criterion = {
  ...cyclists,
  criterionId: 'crt-0',
  comparator: 'synthetic-control',
  periods: 'day',
};
const vote = {
  ...{ pollId: 'pol-1', counted: true, ballots: 10, roll: 10 },
  options: [{ optionId: 'crt-0', yes: 10, no: 0 }],
};
const lock = lockCriteria([criterion], vote, { charter, charterSha256: 'c'.repeat(64) }, 'then');
const dayOf = (number: number) => new Date(number * 86_400_000).toISOString().slice(0, 10);

/** Readings of one treated and so many other units, before and after the work: always the same. */
function panel(units: number, periods: number): AssessmentBasis {
  const observations = Array.from({ length: units + 1 }, (_, unit) =>
    Array.from({ length: periods }, (__, period): Standing => ({
      criterionId: 'crt-0',
      collection: period < periods * 0.8 ? 'baseline' : 'c1',
      value: String(100 + ((unit * 7_919 + period * 104_729 + unit * period * 31) % 997)),
      group: unit === 0 ? 'treated' : 'comparison',
      unitName: unit === 0 ? null : `unit ${unit}`,
      period: dayOf(20_000 + period),
    })),
  ).flat();
  return { projectId: 'prj-1', lock, observations, sideEffects: [], collections: ['c1'] };
}
const small = panel(3, 10);
/** It takes long enough for others to come in between. */
const large = panel(100, 240);
const from = (input: AssessmentBasis) => async () => input;

const opened: Drafting[] = [];
function opening(limits: Partial<DraftingLimits> = {}): Drafting {
  const drafting = new Drafting(limits);
  opened.push(drafting);
  return drafting;
}
afterEach(() => Promise.all(opened.splice(0).map((drafting) => drafting.close())));

describe('drafting beside the event loop', () => {
  it('comes to what the computation itself comes to', async () => {
    const drafting = opening();
    for (const [name, input] of Object.entries({ small, medium: panel(20, 60) })) {
      expect(await drafting.draft(name, from(input))).toEqual(draftAssessment(input));
    }
  });

  it('computes once what follows from one record, also while it is under way', async () => {
    const drafting = opening();
    let reads = 0;
    const read = async () => {
      reads += 1;
      return small;
    };
    const [first, second] = await Promise.all([drafting.draft('one', read), drafting.draft('one', read)]);
    expect(await drafting.draft('one', read)).toBe(first);
    expect(second).toBe(first);
    expect(reads).toBe(1);
    await drafting.draft('another', read);
    expect(reads).toBe(2);
  });

  it('refuses what would wait behind too many, and nothing else', async () => {
    const drafting = opening({ threads: 1, waiting: 1 });
    const taken = [drafting.draft('running', from(small)), drafting.draft('waiting', from(small))];
    await expect(drafting.draft('too many', from(small))).rejects.toMatchObject(refused('drafting-busy'));
    await Promise.all(taken);
    expect(await drafting.draft('too many', from(small))).toEqual(await taken[0]);
  });

  it('gives up at its deadline, and goes on with the next one', async () => {
    const drafting = opening({ threads: 1, deadlineMs: 1 });
    await expect(drafting.draft('late', from(large))).rejects.toMatchObject(refused('drafting-busy'));
    const patient = opening({ threads: 1 });
    const fails = patient.draft('read', async () => Promise.reject(new Error('no database')));
    await expect(fails).rejects.toThrow('no database');
    expect(await patient.draft('read', from(small))).toEqual(draftAssessment(small));
  });

  it('ends its threads when it is closed, and takes nothing more', async () => {
    const threads: Worker[] = [];
    const started = (thread: Worker) => void threads.push(thread);
    process.on('worker', started);
    const drafting = new Drafting();
    await drafting.draft('one', from(small));
    process.off('worker', started);
    const [given] = await Promise.allSettled([
      drafting.draft('under way', from(large)),
      turn().then(() => drafting.close()),
    ]);
    expect(given.status).toBe('rejected');
    await expect(drafting.draft('two', from(small))).rejects.toMatchObject(refused('unavailable'));
    // An ended thread has no id any more.
    expect(threads.map(({ threadId }) => threadId)).toEqual([-1, -1]);
  });
});

describe('the service', () => {
  let fixture: Fixture;
  beforeAll(async () => {
    fixture = await projectsFixture(inject('mongodbUrl'));
  });
  afterAll(() => fixture.stop());

  it('answers others while it drafts at the bounds of units and periods', async () => {
    await fixture.drafting.draft('threads are up', from(small));
    let done = false;
    const draft = fixture.drafting.draft('large', from(large)).finally(() => (done = true));
    const params = { ...M, pilotId: 'pil-none' };
    for (let asked = 0; asked < 3; asked += 1) {
      await expect(fixture.visitor.getPilot({ params })).rejects.toMatchObject({ code: 'not-found' });
    }
    expect(done).toBe(false);
    expect((await draft).criteria[0]).toMatchObject({ method: 'synthetic-control', n: 101 });
  });
});
