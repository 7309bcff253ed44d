import { pollIdOf } from '@talkoot/workflow-contracts';
import type { Decisions } from '../lifecycle/decisions.ts';
import type { Project, ProjectMove } from './project.state.ts';

/** Whoever waits for an appeal when the round moves on stays refused; a proposal nobody reviewed lapses. */
function reviewClosed({ phase, stage }: Project): ProjectMove | null {
  if (phase !== 'qualified') return null;
  if (stage === 'review') return { phase: 'lapsed', data: { reasonCode: 'not-reviewed' } };
  return { phase: 'refused', data: { reasonCode: 'review-closed' } };
}

function pollDecided({ id, phase, stage }: Project, pollId: string): ProjectMove | null {
  if (pollId === pollIdOf.criteria(id)) {
    if (phase === 'funded') return { facts: { criteriaDecided: true } };
    return phase === 'criteria-vote' && stage === 'criteria-vote' ? { stage: null } : null;
  }
  if (phase === 'bonus-vote' && stage === 'bonus-vote' && pollId === pollIdOf.bonus(id)) {
    return { stage: null, facts: { bonusDecided: true } };
  }
  return null;
}

/** What services report to a project. */
export const projectFacts: Decisions<'project'>['facts'] = {
  'threshold-reached': ({ phase }, { endorsements }) =>
    phase === 'proposed' ? { phase: 'qualified', stage: 'review', facts: { endorsements } } : null,
  'ideas-closed': ({ phase }) =>
    phase === 'proposed' ? { phase: 'lapsed', data: { reasonCode: 'below-threshold' } } : null,
  'review-closed': reviewClosed,
  'on-ballot': ({ phase }, { pollId }) =>
    phase === 'admitted' ? { phase: 'on-ballot', stage: 'allocation', facts: { pollId } } : null,
  allocated: ({ phase }, { funded, votes, cost, reasonCode }) => {
    if (phase !== 'admitted' && phase !== 'on-ballot') return null;
    const facts = { funded, votes, cost, reasonCode };
    return funded ? { phase: 'funded', stage: null, facts } : { phase: 'not-funded', facts };
  },
  'poll-decided': (state, { pollId }) => pollDecided(state, pollId),
  'baselines-recorded': ({ stage }) =>
    stage === 'baseline' ? { phase: 'delivery', stage: 'delivery' } : null,
  measured: ({ phase, stage }, { measurementId }) =>
    phase === 'measurement' && stage === 'measurement'
      ? { phase: 'assessment', stage: 'assessment', facts: { measurementId } }
      : null,
  'obligations-closed': ({ phase, stage }, { settled }) =>
    phase === 'payout' && stage === 'payout' ? { stage: null, facts: { settled } } : null,
};
