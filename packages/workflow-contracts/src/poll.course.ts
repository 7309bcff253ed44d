import type { PollWindows } from '@talkoot/api-contracts/ballots';
import type { Phase } from './phases.ts';

type PollPhase = Phase<'poll'>;

/** Phases to which a poll comes from each phase: it never goes back. */
export const pollCourse: { readonly [P in PollPhase]: readonly PollPhase[] } = {
  new: ['prepared'],
  prepared: ['roll-frozen', 'not-held', 'annulled'],
  'roll-frozen': ['key-made', 'not-held', 'annulled'],
  'key-made': ['open', 'annulled'],
  open: ['closing', 'annulled'],
  closing: ['closed', 'annulled'],
  closed: ['key-release', 'tallied', 'annulled'],
  'key-release': ['tallied'],
  tallied: ['published'],
  published: ['decided', 'annulled'],
  decided: [],
  'not-held': [],
  annulled: [],
};

/** The moment of the manifest before which a poll does not come to a phase, where the manifest has windows. */
export const pollMoments: { readonly [P in PollPhase]?: keyof PollWindows } = {
  open: 'opens',
  closing: 'certificatesClose',
  closed: 'castingCloses',
  'key-release': 'complaintsClose',
  tallied: 'complaintsClose',
};
