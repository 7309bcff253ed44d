import { pollIdOf } from '@talkoot/workflow-contracts';
import type { Decisions } from '../lifecycle/decisions.ts';

/** Everything that moves a round. The worker moves it on from `review` and `voting` once their effects are done. */
export const roundDecisions: Decisions<'round'> = {
  kind: 'round',
  begin: () => ({ phase: 'ideas', stage: 'ideas' }),
  commands: {
    'close-ideas': { in: ['ideas'], during: ['ideas'], decide: () => ({ stage: null }) },
    'close-review': { in: ['review'], during: ['review'], decide: () => ({ stage: null }) },
  },
  facts: {
    'poll-decided': ({ id, stage }, { pollId }) =>
      stage === 'voting' && pollId === pollIdOf.prioritisation(id)
        ? { stage: null, facts: { decided: true } }
        : null,
  },
  whenOver: {
    ideas: () => ({ stage: null }),
    review: () => ({ stage: null }),
    // The poll was not decided in time: nothing is funded, and every project is told so.
    voting: () => ({ stage: null, facts: { decided: false }, data: { reasonCode: 'not-voted' } }),
  },
};
