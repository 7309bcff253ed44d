import type { Decisions } from '../lifecycle/decisions.ts';
import { endAs } from './project.state.ts';
import type { ProjectMove } from './project.state.ts';

const lapse = (reasonCode: string) => (): ProjectMove => ({ phase: 'lapsed', data: { reasonCode } });
const giveUp = (reasonCode: string) => (): ProjectMove => endAs('lapsed', reasonCode);
const standRefused = (): ProjectMove => ({ phase: 'refused' });
const toBonusVote = (): ProjectMove => ({ phase: 'bonus-vote', stage: 'bonus-vote' });
const toPayout = (): ProjectMove => ({ phase: 'payout', stage: 'payout' });

/** What follows when nobody came in time, up the whole ladder. */
export const projectDeadlines: Decisions<'project'>['whenOver'] = {
  endorsement: lapse('below-threshold'),
  review: lapse('not-reviewed'),
  appeal: standRefused,
  'appeal-decision': standRefused,
  ballot: lapse('no-ballot'),
  allocation: lapse('not-allocated'),
  'criteria-vote': giveUp('no-criteria-vote'),
  staffing: giveUp('not-staffed'),
  agreement: giveUp('no-agreement'),
  baseline: giveUp('no-baseline'),
  delivery: giveUp('not-delivered'),
  // The assessment is made on what there is; what is missing shows in it.
  measurement: () => ({
    phase: 'assessment',
    stage: 'assessment',
    data: { reasonCode: 'measurement-overdue' },
  }),
  assessment: giveUp('not-assessed'),
  objection: toBonusVote,
  'objection-decision': toBonusVote,
  'bonus-vote': giveUp('no-bonus-vote'),
  'bonus-appeal': toPayout,
  'bonus-appeal-decision': toPayout,
  // Neither is paid what was found wrong, nor does the team lose by an assessor who does not sign: the wait starts again.
  reassessment: () => ({ stage: 'reassessment', data: { reasonCode: 'not-reassessed' } }),
  // What is owed stays owed: the wait starts again, and everybody on the ladder hears of it again.
  payout: () => ({ stage: 'payout', data: { reasonCode: 'still-owed' } }),
  'champion-answer': () => ({ sideStage: null, name: 'champion-succeeded' }),
};
