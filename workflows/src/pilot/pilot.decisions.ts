import type { StateOf } from '@talkoot/workflow-contracts';
import { refuse } from '../lifecycle/decisions.ts';
import type { Decisions, Move } from '../lifecycle/decisions.ts';

type Pilot = StateOf<'pilot'>;

const lapse = (): Move<'pilot'> => ({ phase: 'lapsed' });
const standRefused = (): Move<'pilot'> => ({ phase: 'refused' });

/** A refusal may be appealed once; a second one stands. */
function refusePermission({ facts }: Pilot, refusedBy: string): Move<'pilot'> {
  return facts.appealUsed ? standRefused() : { stage: 'appeal', facts: { refused: true, refusedBy } };
}

const rounds = (state: Pilot) => state.facts.rounds ?? [];

/** Everything that moves a pilot. */
export const pilotDecisions: Decisions<'pilot'> = {
  kind: 'pilot',
  begin: () => ({ phase: 'drafted', stage: 'sponsorship' }),
  commands: {
    sponsor: {
      in: ['drafted'],
      decide: (_, { data }) => ({ phase: 'sponsored', stage: 'permission-request', facts: data }),
    },
    'request-permission': {
      in: ['sponsored'],
      decide: (_, { data, actor }) => ({
        phase: 'permission-requested',
        stage: 'permission',
        facts: { charterSha256: data.charterSha256, requestedBy: actor.id },
      }),
    },
    permit: {
      in: ['permission-requested'],
      during: ['permission'],
      decide: ({ facts }, { data, actor }) => {
        if (data.charterSha256 !== facts.charterSha256) return refuse('hash-mismatch');
        if (actor.id === facts.requestedBy) return refuse('same-person-twice');
        return { phase: 'permitted', stage: null, facts: data };
      },
    },
    refuse: {
      in: ['permission-requested'],
      during: ['permission'],
      decide: (state, { actor }) => refusePermission(state, actor.id),
    },
    appeal: {
      in: ['permission-requested'],
      decide: ({ stage, facts }, { actor }) => {
        if (stage !== 'appeal') return refuse(facts.appealUsed ? 'appeal-used' : 'not-awaited');
        const appealed = { appealUsed: true, appealedBy: actor.id };
        return { phase: 'appealed', stage: 'appeal-decision', facts: appealed };
      },
    },
    'decide-appeal': {
      in: ['appealed'],
      decide: ({ facts: { refusedBy, appealedBy } }, { data, actor }) => {
        if ([refusedBy, appealedBy].includes(actor.id)) return refuse('same-person-twice');
        return data.upheld
          ? { phase: 'permission-requested', stage: 'permission', facts: { refused: false } }
          : standRefused();
      },
    },
    'open-round': {
      in: ['running'],
      decide: (state, { data }) =>
        rounds(state).includes(data.roundId)
          ? refuse('already-decided')
          : { facts: { rounds: [...rounds(state), data.roundId] } },
    },
    'end-rounds': { in: ['running'], decide: () => ({ phase: 'evaluating', stage: 'evaluation' }) },
    'propose-amendment': {
      in: ['running'],
      decide: (_, { data, actor }) => ({
        facts: {
          amendment: {
            amendmentId: data.amendmentId,
            charterSha256: data.charterSha256,
            by: actor.id,
          },
        },
      }),
    },
    'countersign-amendment': {
      in: ['running'],
      decide: ({ facts: { amendment } }, { data, actor }) => {
        if (amendment?.amendmentId !== data.amendmentId) return refuse('no-change-requested');
        if (amendment.charterSha256 !== data.charterSha256) return refuse('hash-mismatch');
        if (amendment.by === actor.id) return refuse('same-person-twice');
        return { facts: { amendment: null, charterSha256: data.charterSha256 } };
      },
    },
    conclude: { in: ['evaluating'], decide: () => ({ phase: 'concluded' }) },
  },
  facts: {
    'round-allocated': (state, { roundId }) => {
      const allocated = state.facts.allocatedRounds ?? [];
      if (!rounds(state).includes(roundId) || allocated.includes(roundId)) return null;
      return { facts: { allocatedRounds: [...allocated, roundId] } };
    },
  },
  timing: { rounds: ({ facts }) => (facts.expiresAt === undefined ? {} : { due: facts.expiresAt }) },
  whenOver: {
    sponsorship: lapse,
    'permission-request': lapse,
    permission: lapse,
    appeal: standRefused,
    'appeal-decision': standRefused,
    rounds: () => ({ phase: 'evaluating', stage: 'evaluation' }),
    evaluation: lapse,
  },
};
