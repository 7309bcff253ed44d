import type { LifecycleKind, WaitSpec } from './lifecycle.ts';

/**
 * Every wait of every lifecycle. The charter's calendar gives each its durations under the name `<kind>.<wait>`.
 * `proceed` is for windows that simply close; `lapse` for chances that expire; `escalate` for duties.
 */
export const waits = {
  pilot: {
    sponsorship: { awaiting: 'sponsor', atDue: 'lapse', escalatesTo: [] },
    'permission-request': { awaiting: 'sponsor', atDue: 'lapse', escalatesTo: [] },
    permission: { awaiting: 'budget-authority', atDue: 'escalate', escalatesTo: ['sponsor'] },
    appeal: { awaiting: 'sponsor', atDue: 'proceed', escalatesTo: [] },
    'appeal-decision': { awaiting: 'appeal-body', atDue: 'escalate', escalatesTo: ['sponsor'] },
    rounds: { awaiting: 'sponsor', atDue: 'proceed', escalatesTo: [] },
    evaluation: { awaiting: 'sponsor', atDue: 'escalate', escalatesTo: ['budget-authority'] },
  },
  round: {
    ideas: { awaiting: 'resident', atDue: 'proceed', escalatesTo: [] },
    review: {
      awaiting: 'department-manager',
      atDue: 'escalate',
      escalatesTo: ['department-manager', 'sponsor'],
    },
    voting: { awaiting: 'poll-officer', atDue: 'escalate', escalatesTo: ['sponsor'] },
  },
  project: {
    endorsement: { awaiting: 'resident', atDue: 'lapse', escalatesTo: [] },
    review: {
      awaiting: 'department-manager',
      atDue: 'escalate',
      escalatesTo: ['department-manager', 'sponsor'],
    },
    appeal: { awaiting: 'champion', atDue: 'proceed', escalatesTo: [] },
    'appeal-decision': { awaiting: 'appeal-body', atDue: 'escalate', escalatesTo: ['sponsor'] },
    ballot: { awaiting: 'poll-officer', atDue: 'escalate', escalatesTo: ['sponsor'] },
    allocation: { awaiting: 'poll-officer', atDue: 'escalate', escalatesTo: ['sponsor'] },
    'criteria-vote': { awaiting: 'poll-officer', atDue: 'escalate', escalatesTo: ['sponsor'] },
    staffing: {
      awaiting: 'department-manager',
      atDue: 'escalate',
      escalatesTo: ['department-manager', 'sponsor'],
    },
    agreement: {
      awaiting: 'team',
      atDue: 'escalate',
      escalatesTo: ['department-manager', 'sponsor'],
    },
    baseline: {
      awaiting: 'assessor',
      atDue: 'escalate',
      escalatesTo: ['department-manager', 'sponsor'],
    },
    delivery: {
      awaiting: 'team',
      atDue: 'escalate',
      escalatesTo: ['department-manager', 'sponsor'],
    },
    measurement: { awaiting: 'assessor', atDue: 'escalate', escalatesTo: ['sponsor'] },
    assessment: { awaiting: 'assessor', atDue: 'escalate', escalatesTo: ['sponsor'] },
    objection: { awaiting: 'resident', atDue: 'proceed', escalatesTo: [] },
    'objection-decision': { awaiting: 'appeal-body', atDue: 'escalate', escalatesTo: ['sponsor'] },
    'bonus-vote': { awaiting: 'poll-officer', atDue: 'escalate', escalatesTo: ['sponsor'] },
    'bonus-appeal': { awaiting: 'resident', atDue: 'proceed', escalatesTo: [] },
    'bonus-appeal-decision': {
      awaiting: 'appeal-body',
      atDue: 'escalate',
      escalatesTo: ['sponsor'],
    },
    /** An appeal against the bonus was upheld: nothing is paid before the assessment is signed again. */
    reassessment: { awaiting: 'assessor', atDue: 'escalate', escalatesTo: ['sponsor'] },
    payout: { awaiting: 'finance-clerk', atDue: 'escalate', escalatesTo: ['sponsor'] },
    'champion-answer': { awaiting: 'champion', atDue: 'lapse', escalatesTo: [] },
  },
  poll: {
    'roll-freeze': { awaiting: 'poll-officer', atDue: 'proceed', escalatesTo: [] },
    /** Without a key the poll is not held. */
    'key-ceremony': { awaiting: 'trustee', atDue: 'escalate', escalatesTo: ['poll-officer', 'sponsor'] },
    opening: { awaiting: 'poll-officer', atDue: 'proceed', escalatesTo: [] },
    voting: { awaiting: 'resident', atDue: 'proceed', escalatesTo: [] },
    /** No certificates any more; who has two may still cast. */
    casting: { awaiting: 'resident', atDue: 'proceed', escalatesTo: [] },
    /** Anybody whose ballot was promised and is not on the board. */
    complaints: { awaiting: 'resident', atDue: 'proceed', escalatesTo: [] },
    /** Without t shares nobody learns what the ballots say. */
    release: { awaiting: 'trustee', atDue: 'escalate', escalatesTo: ['poll-officer', 'sponsor'] },
    publication: { awaiting: 'poll-officer', atDue: 'proceed', escalatesTo: [] },
    appeal: { awaiting: 'resident', atDue: 'proceed', escalatesTo: [] },
    'appeal-decision': { awaiting: 'appeal-body', atDue: 'escalate', escalatesTo: ['sponsor'] },
  },
  measurement: {
    /** What nobody collects in the end shows as missing. */
    collection: { awaiting: 'assessor', atDue: 'escalate', escalatesTo: ['sponsor'] },
    closing: { awaiting: 'assessor', atDue: 'proceed', escalatesTo: [] },
  },
  batch: {
    approval: { awaiting: 'payout-approver', atDue: 'lapse', escalatesTo: [] },
    release: { awaiting: 'payout-releaser', atDue: 'lapse', escalatesTo: [] },
    reconciliation: {
      awaiting: 'finance-clerk',
      atDue: 'escalate',
      escalatesTo: ['payout-approver', 'sponsor'],
    },
  },
} as const satisfies Record<LifecycleKind, Record<string, WaitSpec>>;

export type WaitName<K extends LifecycleKind> = Extract<keyof (typeof waits)[K], string>;

/** Names under which a charter's calendar must give durations: `<kind>.<wait>`. */
export const calendarNames: readonly string[] = Object.entries(waits).flatMap(([kind, named]) =>
  Object.keys(named).map((name) => `${kind}.${name}`),
);
