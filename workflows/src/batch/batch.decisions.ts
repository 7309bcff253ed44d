import { refuse } from '../lifecycle/decisions.ts';
import type { Decisions } from '../lifecycle/decisions.ts';

/** Everything that moves a payout batch: proposed, approved and released by three different people. */
export const batchDecisions: Decisions<'batch'> = {
  kind: 'batch',
  begin: () => ({ phase: 'proposed', stage: 'approval' }),
  commands: {
    approve: {
      in: ['proposed'],
      decide: ({ facts }, { actor, data }) => {
        if (facts.batchSha256 !== undefined && facts.batchSha256 !== data.batchSha256) {
          return refuse('hash-mismatch');
        }
        if (actor.id === facts.proposedBy) return refuse('same-person-twice');
        return {
          phase: 'approved',
          stage: 'release',
          facts: { batchSha256: data.batchSha256, approvedBy: actor.id },
        };
      },
    },
    refuse: { in: ['proposed'], decide: () => ({ phase: 'refused' }) },
    release: {
      in: ['approved'],
      decide: ({ facts }, { actor, data }) => {
        if (facts.batchSha256 !== data.batchSha256) return refuse('hash-mismatch');
        if (actor.id === facts.proposedBy || actor.id === facts.approvedBy) {
          return refuse('same-person-twice');
        }
        return { phase: 'released', facts: { releasedBy: actor.id } };
      },
    },
  },
  facts: {
    // The bank may be quicker than the record of the instruction.
    reconciled: ({ phase }) => {
      if (phase === 'released') return { facts: { reconciled: true } };
      return phase === 'instructed' ? { phase: 'reconciled' } : null;
    },
  },
  whenOver: {
    approval: () => ({ phase: 'expired' }),
    release: () => ({ phase: 'expired' }),
    // Money is under way: nobody gives up on where it went.
    reconciliation: () => ({ stage: 'reconciliation', data: { reasonCode: 'still-open' } }),
  },
};
