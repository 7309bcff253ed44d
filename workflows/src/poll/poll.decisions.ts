import type { Decisions, Move } from '../lifecycle/decisions.ts';

const toOpen = (): Move<'poll'> => ({ phase: 'open', stage: 'voting' });
const toClosed = (): Move<'poll'> => ({ phase: 'closed' });
const toPublished = (): Move<'poll'> => ({ phase: 'published' });
const toFreezing = (): Move<'poll'> => ({ stage: null });

/** Everything that moves a poll. The worker freezes the roll and tallies in between. */
export const pollDecisions: Decisions<'poll'> = {
  kind: 'poll',
  begin: () => ({ phase: 'prepared', stage: 'roll-freeze' }),
  commands: {
    'freeze-roll': { in: ['prepared'], during: ['roll-freeze'], decide: toFreezing },
    open: { in: ['roll-frozen'], decide: toOpen },
    close: { in: ['open'], decide: toClosed },
    publish: { in: ['tallied'], decide: toPublished },
  },
  facts: {},
  whenOver: {
    'roll-freeze': toFreezing,
    opening: toOpen,
    voting: toClosed,
    publication: toPublished,
  },
};
