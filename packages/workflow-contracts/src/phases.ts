import type { LifecycleKind } from './lifecycle.ts';

/** Every phase of every lifecycle, in the order of a good course; `terminal` ones end it. */
export const phases = {
  pilot: [
    'new',
    'drafted',
    'sponsored',
    'permission-requested',
    'appealed',
    'permitted',
    'running',
    'evaluating',
    'concluded',
    'refused',
    'lapsed',
  ],
  round: ['new', 'ideas', 'review', 'voting', 'allocated'],
  project: [
    'new',
    'proposed',
    'qualified',
    'admitted',
    'on-ballot',
    'funded',
    'criteria-vote',
    'staffing',
    'delivery',
    'measurement',
    'assessment',
    'bonus-vote',
    'payout',
    'closed',
    'not-funded',
    'refused',
    'withdrawn',
    'merged',
    'lapsed',
    'abandoned',
  ],
  poll: [
    'new',
    'prepared',
    'roll-frozen',
    'key-made',
    'open',
    'closing',
    'closed',
    'key-release',
    'tallied',
    'published',
    'decided',
    'not-held',
    'annulled',
  ],
  measurement: ['new', 'collecting', 'closing', 'completed'],
  batch: ['new', 'proposed', 'approved', 'released', 'instructed', 'reconciled', 'refused', 'expired'],
} as const satisfies Record<LifecycleKind, readonly string[]>;

export type Phase<K extends LifecycleKind> = (typeof phases)[K][number];

export const terminalPhases: { readonly [K in LifecycleKind]: readonly Phase<K>[] } = {
  pilot: ['concluded', 'refused', 'lapsed'],
  round: ['allocated'],
  project: ['closed', 'not-funded', 'refused', 'withdrawn', 'merged', 'lapsed', 'abandoned'],
  poll: ['decided', 'not-held', 'annulled'],
  measurement: ['completed'],
  batch: ['reconciled', 'refused', 'expired'],
};
