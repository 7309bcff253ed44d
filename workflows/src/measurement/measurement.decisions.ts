import type { StateOf } from '@talkoot/workflow-contracts';
import { refuse } from '../lifecycle/decisions.ts';
import type { Decisions, Move } from '../lifecycle/decisions.ts';

type Measurement = StateOf<'measurement'>;
type Facts = Measurement['facts'];

const add = (names: readonly string[] | undefined, name: string) => [...new Set([...(names ?? []), name])];
const without = (names: readonly string[] | undefined, name: string) =>
  (names ?? []).filter((one) => one !== name);

/** The first collection of the plan that is neither complete nor given up; after the last one the closing window. */
export function toNextCollection(facts: Facts): Move<'measurement'> {
  const over = new Set([...(facts.completed ?? []), ...(facts.missing ?? [])]);
  const next = (facts.collections ?? []).find(({ name }) => !over.has(name));
  return next
    ? { stage: 'collection', facts: { ...facts, current: next.name } }
    : { phase: 'closing', stage: 'closing', facts: { ...facts, current: null } };
}

/** Late data still count as long as the measurement is open. */
function completeCollection({ phase, facts }: Measurement, name: string): Move<'measurement'> | null {
  if (phase !== 'collecting' && phase !== 'closing') return null;
  const completed = add(facts.completed, name);
  const next = { ...facts, completed, missing: without(facts.missing, name) };
  return phase === 'collecting' && facts.current === name ? toNextCollection(next) : { facts: next };
}

function missCollection({ facts }: Measurement): Move<'measurement'> {
  const missing = add(facts.missing, facts.current ?? '');
  return {
    ...toNextCollection({ ...facts, missing }),
    data: { collection: facts.current, reasonCode: 'collection-missing' },
  };
}

function closeAll({ facts }: Measurement): Move<'measurement'> {
  const completed = facts.completed ?? [];
  const missing = (facts.collections ?? []).map(({ name }) => name).filter((one) => !completed.includes(one));
  return { phase: 'closing', stage: null, facts: { current: null, missing } };
}

/** Everything that moves a measurement. */
export const measurementDecisions: Decisions<'measurement'> = {
  kind: 'measurement',
  begin: (_, now) => ({ phase: 'collecting', stage: null, facts: { startedAt: now } }),
  commands: {
    'close-measurement': {
      in: ['collecting', 'closing'],
      decide: (state) =>
        state.phase === 'closing' && state.stage === null ? refuse('already-decided') : closeAll(state),
    },
  },
  facts: { 'collection-complete': (state, { collection }) => completeCollection(state, collection) },
  timing: {
    collection: ({ facts }) => {
      const after = facts.collections?.find(({ name }) => name === facts.current)?.after;
      return after === undefined || facts.startedAt === undefined
        ? {}
        : { from: facts.startedAt, duration: after };
    },
  },
  whenOver: { collection: missCollection, closing: () => ({ stage: null }) },
};
