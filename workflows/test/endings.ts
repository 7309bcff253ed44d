import { pollIdOf } from '@talkoot/workflow-contracts';
import type { LifecycleKind, Phase, StateOf } from '@talkoot/workflow-contracts';
import { follow, permission, reason } from './courses.ts';
import type { Engine, Running } from './engine.ts';
import { euros, sha } from './town.ts';

/** One way in which a lifecycle ends, from where it stands; time alone ends it where nobody acts. */
export interface Ending<K extends LifecycleKind> {
  readonly rule: string;
  readonly from: Partial<StateOf<K>>;
  readonly happen?: (run: Running<K>, engine: Engine) => Promise<unknown>;
  readonly ends: Phase<K>;
  /** Steps, in this order, among those on record. */
  readonly steps: readonly string[];
  /** Of what services were asked, what must be among it; `ID` stands for the lifecycle's id. */
  readonly calls?: readonly string[];
}

const upheld = (is: boolean) => ({ upheld: is, reason });
const seeking = {
  phase: 'permission-requested',
  stage: 'permission',
  facts: { charterSha256: permission.charterSha256, requestedBy: 'per-mayor' },
} as const;

const pilot: readonly Ending<'pilot'>[] = [
  {
    rule: 'refused, when nobody appeals',
    from: seeking,
    happen: (run) => run.decide('refuse', 'budget-authority', { reason }),
    ends: 'refused',
    steps: ['refuse', 'appeal-opened', 'appeal-closed'],
  },
  {
    rule: 'refused, when the appeal is dismissed',
    from: seeking,
    happen: async (run) => {
      await run.decide('refuse', 'budget-authority', { reason });
      await run.decide('appeal', 'sponsor', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(false));
    },
    ends: 'refused',
    steps: ['refuse', 'appeal', 'decide-appeal'],
  },
  {
    rule: 'refused for good after the one appeal was upheld',
    from: seeking,
    happen: async (run) => {
      await run.decide('refuse', 'budget-authority', { reason });
      await run.decide('appeal', 'sponsor', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(true));
      await run.decide('refuse', 'budget-authority', { reason });
    },
    ends: 'refused',
    steps: ['refuse', 'appeal', 'decide-appeal', 'refuse'],
  },
  {
    rule: 'evaluated with what was permitted on appeal, its charter amended by two',
    from: seeking,
    happen: async (run) => {
      await run.decide('refuse', 'budget-authority', { reason });
      await run.decide('appeal', 'sponsor', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(true));
      await run.decide('permit', 'budget-authority', permission);
      await run.reached('funds-opened');
      const amendment = { amendmentId: 'amd-1', charterSha256: sha('amended') };
      await run.decide('propose-amendment', 'sponsor', { ...amendment, reason });
      await run.decide('countersign-amendment', 'budget-authority', amendment);
      await run.decide('end-rounds', 'sponsor', {});
      await run.decide('conclude', 'sponsor', { report: reason });
    },
    ends: 'concluded',
    steps: ['permit', 'funds-opened', 'propose-amendment', 'countersign-amendment', 'end-rounds', 'conclude'],
    calls: ['openFunds ID 10000000'],
  },
  { rule: 'lapsed, when nobody commits', from: {}, ends: 'lapsed', steps: ['drafted', 'sponsorship-lapsed'] },
];

const round: readonly Ending<'round'>[] = [
  {
    rule: 'allocated without a poll, when nothing was admitted',
    from: { phase: 'review', stage: 'review' },
    happen: (run, { town }) => {
      town.admitted = [];
      return run.decide('close-review', 'poll-officer', {});
    },
    ends: 'allocated',
    steps: ['close-review', 'voting', 'nothing-admitted', 'allocated'],
    calls: ['roundAllocated ID'],
  },
  {
    rule: 'allocated to nobody, when its poll never came to a result',
    from: { phase: 'voting', stage: 'voting', facts: { budget: euros(10_000) } },
    ends: 'allocated',
    steps: ['poll-prepared', 'voting-opened', 'voting-lapsed', 'allocated'],
    calls: ['recordAllocation ID prj-1=false:not-voted'],
  },
  ...(['withheld', 'not-held', 'annulled'] as const).map((outcome): Ending<'round'> => ({
    rule: `allocated to nobody, who are told why, when its poll was ${outcome}`,
    from: { phase: 'voting', stage: 'voting', facts: { budget: euros(10_000) } },
    happen: async (run, { town }) => {
      town.outcome = outcome;
      await run.reached('poll-prepared');
      await run.report('poll-decided', { pollId: pollIdOf.prioritisation(run.id) });
    },
    ends: 'allocated',
    steps: ['poll-decided', 'allocated'],
    calls: [`recordAllocation ID prj-1=false:poll-${outcome}`],
  })),
];

const cost = euros(1_000);
const underReview = { phase: 'qualified', stage: 'review' } as const;
const delivering = { phase: 'delivery', stage: 'delivery', facts: { cost } } as const;
const assessing = { phase: 'assessment', stage: 'objection', facts: { cost } } as const;
const corrected = { assessmentId: 'ass-3', sha256: sha('ass-3'), score: '3/4' };
const signing = { assessmentId: 'ass-2', sha256: sha('ass-2'), score: '1/4' };
const voting = { phase: 'bonus-vote', stage: 'bonus-vote', facts: { cost } } as const;
const published = async (run: Running<'project'>) => {
  await run.reached('bonus-poll-prepared');
  await run.report('poll-decided', { pollId: pollIdOf.bonus(run.id) }, 'bonus');
};

const project: readonly Ending<'project'>[] = [
  {
    rule: 'withdrawn by its champion',
    from: {},
    happen: (run) => run.decide('withdraw', 'champion', { reason }),
    ends: 'withdrawn',
    steps: ['proposed', 'withdraw'],
  },
  {
    rule: 'merged into another',
    from: { phase: 'admitted', stage: 'ballot' },
    happen: (run) => run.decide('merge', 'champion', { into: 'prj-2' }),
    ends: 'merged',
    steps: ['merge'],
  },
  {
    rule: 'lapsed below the threshold when ideas close',
    from: {},
    happen: (run) => run.report('ideas-closed', {}),
    ends: 'lapsed',
    steps: ['ideas-closed'],
  },
  {
    rule: 'lapsed when review closes before anybody reviewed it',
    from: underReview,
    happen: (run) => run.report('review-closed', {}),
    ends: 'lapsed',
    steps: ['review-closed'],
  },
  {
    rule: 'refused when its appeal is dismissed',
    from: underReview,
    happen: async (run) => {
      await run.decide('refuse', 'department-manager', { reason });
      await run.decide('appeal', 'champion', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(false));
    },
    ends: 'refused',
    steps: ['refuse', 'appeal', 'decide-appeal'],
  },
  {
    rule: 'refused for good after the one appeal was upheld',
    from: underReview,
    happen: async (run) => {
      await run.decide('refuse', 'department-manager', { reason });
      await run.decide('appeal', 'champion', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(true));
      await run.decide('refuse', 'department-manager', { reason });
    },
    ends: 'refused',
    steps: ['refuse', 'appeal', 'decide-appeal', 'refuse'],
  },
  {
    rule: 'not funded, when the money went to others',
    from: { phase: 'on-ballot', stage: 'allocation' },
    happen: (run) => run.report('allocated', { funded: false, votes: 3, cost, reasonCode: 'no-money-left' }),
    ends: 'not-funded',
    steps: ['allocated'],
  },
  {
    rule: 'abandoned by two people, its money returned',
    from: delivering,
    happen: async (run) => {
      await run.decide('request-abandon', 'lead', { reason });
      await run.decide('confirm-abandon', 'sponsor', { reason });
    },
    ends: 'abandoned',
    steps: ['request-abandon', 'confirm-abandon', 'abandoned'],
    calls: ['releaseProject ID everything'],
  },
  {
    rule: 'lapsed when nobody delivers, its money returned',
    from: delivering,
    ends: 'lapsed',
    steps: ['delivery-escalated', 'delivery-lapsed', 'lapsed'],
    calls: ['releaseProject ID everything'],
  },
  {
    rule: 'assessed again after an objection and after the one appeal, its bonus decided again, then paid',
    from: assessing,
    happen: async (run) => {
      await run.decide('object', 'resident', { objectionId: 'obj-1', reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(true));
      await run.decide('sign-assessment', 'assessor', signing);
      await run.decide('close-window', 'appeal-body', {});
      await published(run);
      const { step } = await run.reached('bonus-decided');
      await run.decide('appeal', 'resident', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(true));
      await run.decide('sign-assessment', 'assessor', corrected);
      await run.reached('bonus-decided', step.number);
      await run.reached('obligations-created');
      await run.report('obligations-closed', { settled: euros(75) });
    },
    ends: 'closed',
    steps: [
      'object',
      'sign-assessment',
      'bonus-decided',
      'appeal',
      'decide-appeal',
      'reassessment-opened',
      'sign-assessment',
      'bonus-decided',
      'closed',
    ],
    calls: ['decideBonus ID 1/4', 'decideBonus ID 3/4'],
  },
  {
    rule: 'paid as decided, when objection and appeal are dismissed',
    from: assessing,
    happen: async (run) => {
      await run.decide('object', 'resident', { objectionId: 'obj-1', reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(false));
      await published(run);
      await run.reached('bonus-decided');
      await run.decide('appeal', 'resident', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(false));
      await run.reached('obligations-created');
      await run.report('obligations-closed', { settled: euros(50) });
    },
    ends: 'closed',
    steps: ['object', 'decide-appeal', 'bonus-decided', 'appeal', 'decide-appeal', 'payout-done', 'closed'],
  },
  {
    rule: 'closed by the rules without a quorum, when neither of its votes came to a result',
    from: { phase: 'criteria-vote', stage: 'criteria-vote', facts: { cost } },
    happen: async (run, { town }) => {
      town.outcome = 'withheld';
      await follow(run);
    },
    ends: 'closed',
    steps: ['poll-decided', 'staffing', 'poll-decided', 'bonus-decided', 'closed'],
    calls: ['lockCriteria ID uncounted', 'decideBonus ID 1/2 uncounted'],
  },
  {
    rule: 'closed at once, when nobody is owed anything',
    from: voting,
    happen: async (run, { town }) => {
      town.obligations = 0;
      await published(run);
      await run.reached('bonus-decided');
      await run.decide('close-window', 'appeal-body', {});
    },
    ends: 'closed',
    steps: ['bonus-decided', 'close-window', 'obligations-created', 'payout-done', 'closed'],
  },
  {
    rule: 'led on by the champion who answered, and by the successor of one who did not',
    from: delivering,
    happen: async (run) => {
      await run.decide('ask-champion', 'sponsor', { reason });
      await run.reached('champion-answer-opened');
      await run.decide('answer-as-champion', 'champion', {});
      await run.decide('ask-champion', 'department-manager', { reason });
    },
    ends: 'lapsed',
    steps: [
      'ask-champion',
      'answer-as-champion',
      'ask-champion',
      'champion-succeeded',
      'delivery-lapsed',
      'lapsed',
    ],
  },
];

const appealable = { phase: 'published', stage: 'appeal' } as const;
const poll: readonly Ending<'poll'>[] = [
  {
    rule: 'decided by its deadlines alone, with trustees who do their part',
    from: {},
    happen: async (run, engine) => {
      await follow(run, 'key-ceremony');
      await run.report('key-made', {});
      for (let weeks = 0; weeks < 12 && !run.steps.includes('release-opened'); weeks += 1) {
        await engine.skipDays(7);
      }
      await run.report('key-released', {});
    },
    ends: 'decided',
    steps: [
      'opening-closed',
      'voting-closed',
      'casting-closed',
      'complaints-closed',
      'key-released',
      'publication-closed',
      'appeal-closed',
    ],
    calls: ['tallyPoll ID counted', 'publishPollFiles ID'],
  },
  {
    rule: 'not held, when too few are on the roll',
    from: {},
    happen: async (run, { town }) => {
      town.enough.roll = false;
      await run.decide('freeze-roll', 'poll-officer', {});
    },
    ends: 'not-held',
    steps: ['freeze-roll', 'not-held'],
  },
  {
    rule: 'not held, when its trustees make no key',
    from: {},
    ends: 'not-held',
    steps: ['roll-frozen', 'key-ceremony-overdue', 'key-ceremony-escalated', 'key-ceremony-lapsed'],
  },
  {
    rule: 'decided without a result, when too few have voted',
    from: { phase: 'closed', stage: null },
    happen: async (run, { town }) => {
      town.enough.ballots = false;
      await follow(run);
    },
    ends: 'decided',
    steps: ['board-closed', 'end-complaints', 'complaints-settled', 'tallied', 'published'],
    calls: ['settleComplaints ID', 'tallyPoll ID withheld', 'publishPollFiles ID'],
  },
  {
    rule: 'decided without a result, when its trustees do not release the key',
    from: { phase: 'key-release', stage: 'release', facts: { ballots: 60 } },
    ends: 'decided',
    steps: ['release-overdue', 'release-escalated', 'release-lapsed', 'tallied', 'published'],
    calls: ['tallyPoll ID withheld', 'publishPollFiles ID'],
  },
  {
    rule: 'annulled, when its officer and the appeal body see that nobody can finish it',
    from: { phase: 'open', stage: 'voting', facts: { manifestSha256: sha('manifest') } },
    happen: async (run) => {
      await run.decide('request-annulment', 'poll-officer', { reason }, 'per-officer');
      await run.decide('confirm-annulment', 'appeal-body', { reason }, 'per-judge');
    },
    ends: 'annulled',
    steps: ['request-annulment', 'confirm-annulment'],
    calls: ['closeIssuance of municipality ID', 'closeIssuance of auditor ID'],
  },
  {
    rule: 'annulled, when an appeal is upheld',
    from: appealable,
    happen: async (run) => {
      await run.decide('appeal', 'resident', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(true));
    },
    ends: 'annulled',
    steps: ['appeal', 'decide-appeal'],
  },
  {
    rule: 'decided, when the appeal is dismissed',
    from: appealable,
    happen: async (run) => {
      await run.decide('appeal', 'resident', { reason });
      await run.decide('decide-appeal', 'appeal-body', upheld(false));
    },
    ends: 'decided',
    steps: ['appeal', 'decide-appeal'],
  },
  {
    rule: 'decided, when nobody decides the appeal',
    from: appealable,
    happen: (run) => run.decide('appeal', 'resident', { reason }),
    ends: 'decided',
    steps: ['appeal', 'appeal-decision-escalated', 'appeal-decision-lapsed'],
  },
];

const measurement: readonly Ending<'measurement'>[] = [
  {
    rule: 'completed by its deadlines alone, and what is missing shows',
    from: {},
    ends: 'completed',
    steps: [
      'collection-overdue',
      'collection-escalated',
      'collection-lapsed',
      'collection-lapsed',
      'closing-closed',
      'completed',
    ],
    calls: ['completeMeasurement ID'],
  },
];

const approval = { batchSha256: sha('batch') };
const batch: readonly Ending<'batch'>[] = [
  {
    rule: 'refused by the approver',
    from: {},
    happen: (run) => run.decide('refuse', 'payout-approver', { reason }),
    ends: 'refused',
    steps: ['proposed', 'refuse'],
  },
  { rule: 'expired without approval', from: {}, ends: 'expired', steps: ['approval-lapsed'] },
  {
    rule: 'expired without release',
    from: {},
    happen: (run) => run.decide('approve', 'payout-approver', approval),
    ends: 'expired',
    steps: ['approve', 'release-lapsed'],
  },
  {
    rule: 'reconciled however long the bank takes',
    from: { phase: 'instructed', stage: 'reconciliation' },
    happen: async (run, engine) => {
      for (let weeks = 0; weeks < 12 && !run.steps.includes('reconciliation-lapsed'); weeks += 1) {
        await engine.skipDays(7);
      }
      await run.report('reconciled', {});
    },
    ends: 'reconciled',
    steps: ['reconciliation-escalated', 'reconciliation-lapsed', 'reconciled'],
  },
];

export const endings: { readonly [K in LifecycleKind]: readonly Ending<K>[] } = {
  pilot,
  round,
  project,
  poll,
  measurement,
  batch,
};
