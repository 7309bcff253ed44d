import { waits } from '@talkoot/workflow-contracts';
import type { LifecycleKind, StateOf, WaitName } from '@talkoot/workflow-contracts';
import { euros, sha } from './town.ts';

/** Where a wait is met, and where its lifecycle stands once time alone has ended it. */
export interface MetWait<K extends LifecycleKind> {
  readonly at: Pick<StateOf<K>, 'phase'> & Partial<StateOf<K>>;
  readonly then: {
    readonly step: string;
    readonly phase: StateOf<K>['phase'];
    readonly stage?: WaitName<K>;
    readonly reasonCode?: string;
  };
}

const cost = euros(1_000);
const inTwentyDays = new Date(Date.now() + 20 * 86_400_000).toISOString();
const qualified = { phase: 'qualified' } as const;
const given = { criteriaPollId: 'pol-c-1', bonusPollId: 'pol-b-1', measurementId: 'mea-1', cost };
const at = <P extends string>(phase: P) => ({ phase, facts: { ...given, obligations: 3 } });

/** Every wait of every lifecycle; a new one without a line here is a type error. */
export const metWaits: { readonly [K in LifecycleKind]: { readonly [W in WaitName<K>]: MetWait<K> } } = {
  pilot: {
    sponsorship: { at: { phase: 'drafted' }, then: { step: 'sponsorship-lapsed', phase: 'lapsed' } },
    'permission-request': {
      at: { phase: 'sponsored' },
      then: { step: 'permission-request-lapsed', phase: 'lapsed' },
    },
    permission: {
      at: { phase: 'permission-requested' },
      then: { step: 'permission-lapsed', phase: 'lapsed' },
    },
    appeal: { at: { phase: 'permission-requested' }, then: { step: 'appeal-closed', phase: 'refused' } },
    'appeal-decision': {
      at: { phase: 'appealed' },
      then: { step: 'appeal-decision-lapsed', phase: 'refused' },
    },
    rounds: {
      at: { phase: 'running', facts: { expiresAt: inTwentyDays } },
      then: { step: 'rounds-closed', phase: 'evaluating', stage: 'evaluation' },
    },
    evaluation: { at: { phase: 'evaluating' }, then: { step: 'evaluation-lapsed', phase: 'lapsed' } },
  },
  round: {
    ideas: { at: { phase: 'ideas' }, then: { step: 'ideas-closed', phase: 'ideas' } },
    review: { at: { phase: 'review' }, then: { step: 'review-lapsed', phase: 'review' } },
    voting: {
      at: { phase: 'voting', facts: { pollId: 'pol-1' } },
      then: { step: 'voting-lapsed', phase: 'voting', reasonCode: 'not-voted' },
    },
  },
  project: {
    endorsement: {
      at: { phase: 'proposed' },
      then: { step: 'endorsement-lapsed', phase: 'lapsed', reasonCode: 'below-threshold' },
    },
    review: { at: qualified, then: { step: 'review-lapsed', phase: 'lapsed', reasonCode: 'not-reviewed' } },
    appeal: { at: qualified, then: { step: 'appeal-closed', phase: 'refused' } },
    'appeal-decision': { at: qualified, then: { step: 'appeal-decision-lapsed', phase: 'refused' } },
    ballot: {
      at: { phase: 'admitted' },
      then: { step: 'ballot-lapsed', phase: 'lapsed', reasonCode: 'no-ballot' },
    },
    allocation: {
      at: { phase: 'on-ballot' },
      then: { step: 'allocation-lapsed', phase: 'lapsed', reasonCode: 'not-allocated' },
    },
    'criteria-vote': {
      at: at('criteria-vote'),
      then: { step: 'criteria-vote-lapsed', phase: 'criteria-vote', reasonCode: 'no-criteria-vote' },
    },
    staffing: {
      at: at('staffing'),
      then: { step: 'staffing-lapsed', phase: 'staffing', reasonCode: 'not-staffed' },
    },
    agreement: {
      at: at('staffing'),
      then: { step: 'agreement-lapsed', phase: 'staffing', reasonCode: 'no-agreement' },
    },
    baseline: {
      at: at('staffing'),
      then: { step: 'baseline-lapsed', phase: 'staffing', reasonCode: 'no-baseline' },
    },
    delivery: {
      at: at('delivery'),
      then: { step: 'delivery-lapsed', phase: 'delivery', reasonCode: 'not-delivered' },
    },
    measurement: {
      at: at('measurement'),
      then: {
        step: 'measurement-lapsed',
        phase: 'assessment',
        stage: 'assessment',
        reasonCode: 'measurement-overdue',
      },
    },
    assessment: {
      at: at('assessment'),
      then: { step: 'assessment-lapsed', phase: 'assessment', reasonCode: 'not-assessed' },
    },
    objection: {
      at: at('assessment'),
      then: { step: 'objection-closed', phase: 'bonus-vote', stage: 'bonus-vote' },
    },
    'objection-decision': {
      at: at('assessment'),
      then: { step: 'objection-decision-lapsed', phase: 'bonus-vote', stage: 'bonus-vote' },
    },
    'bonus-vote': {
      at: at('bonus-vote'),
      then: { step: 'bonus-vote-lapsed', phase: 'bonus-vote', reasonCode: 'no-bonus-vote' },
    },
    'bonus-appeal': {
      at: at('bonus-vote'),
      then: { step: 'bonus-appeal-closed', phase: 'payout', stage: 'payout' },
    },
    'bonus-appeal-decision': {
      at: at('bonus-vote'),
      then: { step: 'bonus-appeal-decision-lapsed', phase: 'payout', stage: 'payout' },
    },
    reassessment: {
      at: at('assessment'),
      then: {
        step: 'reassessment-lapsed',
        phase: 'assessment',
        stage: 'reassessment',
        reasonCode: 'not-reassessed',
      },
    },
    payout: {
      at: at('payout'),
      then: { step: 'payout-lapsed', phase: 'payout', stage: 'payout', reasonCode: 'still-owed' },
    },
    'champion-answer': {
      at: { ...at('delivery'), stage: 'delivery', sideStage: 'champion-answer' },
      then: { step: 'champion-succeeded', phase: 'delivery', stage: 'delivery' },
    },
  },
  poll: {
    'roll-freeze': { at: { phase: 'prepared' }, then: { step: 'roll-freeze-closed', phase: 'prepared' } },
    'key-ceremony': {
      at: { phase: 'roll-frozen' },
      then: { step: 'key-ceremony-lapsed', phase: 'not-held', reasonCode: 'no-key' },
    },
    opening: {
      at: { phase: 'key-made' },
      then: { step: 'opening-closed', phase: 'open', stage: 'voting' },
    },
    voting: { at: { phase: 'open' }, then: { step: 'voting-closed', phase: 'closing' } },
    casting: { at: { phase: 'closing' }, then: { step: 'casting-closed', phase: 'closed' } },
    complaints: { at: { phase: 'closed' }, then: { step: 'complaints-closed', phase: 'closed' } },
    release: {
      at: { phase: 'key-release' },
      then: { step: 'release-lapsed', phase: 'key-release', reasonCode: 'not-released' },
    },
    publication: { at: { phase: 'tallied' }, then: { step: 'publication-closed', phase: 'tallied' } },
    appeal: { at: { phase: 'published' }, then: { step: 'appeal-closed', phase: 'decided' } },
    'appeal-decision': {
      at: { phase: 'published' },
      then: { step: 'appeal-decision-lapsed', phase: 'decided' },
    },
  },
  measurement: {
    collection: {
      at: {
        phase: 'collecting',
        facts: {
          startedAt: new Date().toISOString(),
          collections: [
            { name: 'first', after: 'P1M' },
            { name: 'second', after: 'P2M' },
          ],
          current: 'first',
        },
      },
      then: {
        step: 'collection-lapsed',
        phase: 'collecting',
        stage: 'collection',
        reasonCode: 'collection-missing',
      },
    },
    closing: { at: { phase: 'closing' }, then: { step: 'closing-closed', phase: 'closing' } },
  },
  batch: {
    approval: { at: { phase: 'proposed' }, then: { step: 'approval-lapsed', phase: 'expired' } },
    release: {
      at: { phase: 'approved', facts: { batchSha256: sha('batch') } },
      then: { step: 'release-lapsed', phase: 'expired' },
    },
    reconciliation: {
      at: { phase: 'instructed' },
      then: {
        step: 'reconciliation-lapsed',
        phase: 'instructed',
        stage: 'reconciliation',
        reasonCode: 'still-open',
      },
    },
  },
};

/** Every wait by its kind and name, with where it is met. */
export const everyWait = Object.entries(waits).flatMap(([kind, named]) =>
  Object.keys(named).map((name) => {
    const ofKind = metWaits[kind as LifecycleKind] as unknown as Readonly<
      Record<string, MetWait<LifecycleKind>>
    >;
    return { kind: kind as LifecycleKind, name, ...(ofKind[name] as MetWait<LifecycleKind>) };
  }),
);
