import type { StateOf } from '@talkoot/workflow-contracts';
import { expect, test } from 'vitest';
import { command, decide, now, stateAt, waitOf } from '../../test/decisions.ts';
import { passDeadline, takeFact } from '../lifecycle/decide.ts';
import { measurementDecisions } from './measurement.decisions.ts';

type Measurement = StateOf<'measurement'>;
const collections = ['one', 'two', 'three'].map((name) => ({ name, after: 'P1M' }));
const collecting = stateAt('measurement', {
  phase: 'collecting',
  stage: 'collection',
  facts: { startedAt: now, collections, current: 'one' },
});
const complete = (state: Measurement, collection: string) =>
  takeFact(
    measurementDecisions,
    state,
    { factId: `complete ${collection}`, name: 'collection-complete', data: { collection } },
    now,
  )?.state as Measurement;
const miss = (state: Measurement) => {
  const wait = waitOf('measurement', 'collection');
  return passDeadline(measurementDecisions, { ...state, wait }, 'wait', { at: wait.due, does: 'end' }, now)
    .state;
};

test('collections are awaited in the order of the plan', () => {
  const second = complete(collecting, 'one');
  expect(second).toMatchObject({ stage: 'collection', facts: { current: 'two', completed: ['one'] } });
  expect(complete(complete(second, 'two'), 'three')).toMatchObject({
    phase: 'closing',
    stage: 'closing',
    facts: { current: null },
  });
});

test('a collection that came early is not awaited again', () => {
  const early = complete(collecting, 'two');
  expect(early).toMatchObject({ facts: { current: 'one' }, wait: collecting.wait });
  expect(complete(early, 'one').facts.current).toBe('three');
});

test('a collection nobody completed shows as missing until it comes late', () => {
  const missed = miss(collecting);
  expect(missed.facts).toMatchObject({ current: 'two', missing: ['one'] });
  expect(complete(missed, 'one').facts).toMatchObject({ current: 'two', missing: [], completed: ['one'] });
  expect(miss(miss(missed))).toMatchObject({ phase: 'closing', facts: { missing: ['one', 'two', 'three'] } });
});

test('closing ends all that remains, once', () => {
  const close = command('close-measurement', 'assessor');
  const closed = decide(complete(collecting, 'one'), close) as Measurement;
  expect(closed).toMatchObject({ phase: 'closing', stage: null, facts: { missing: ['two', 'three'] } });
  expect(decide({ ...closed, seenFacts: [] }, close)).toBe('already-decided');
});

test('nothing is taken in once it is completed', () => {
  const completed = stateAt('measurement', { phase: 'completed' });
  expect(complete(completed, 'one')).toBeUndefined();
});
