import { pollWords } from '@talkoot/workflow-contracts';
import type { StateOf } from '@talkoot/workflow-contracts';
import { refuse } from '../lifecycle/decisions.ts';
import type { Decisions, Move } from '../lifecycle/decisions.ts';
import { windowFrom } from './poll.windows.ts';
import { pollActsInWords } from './poll.words.ts';

type Poll = StateOf<'poll'>;
type PollMove = Move<'poll'>;

const toWorker = (): PollMove => ({ stage: null });
const toOpen = (): PollMove => ({ phase: 'open', stage: 'voting' });
const toClosing = (): PollMove => ({ phase: 'closing' });
const toClosed = (): PollMove => ({ phase: 'closed' });
const toSettling = (): PollMove => ({ stage: null, facts: { complaintsOver: true } });
const toDecided = (): PollMove => ({ phase: 'decided' });

function withoutKey(): PollMove {
  const reasonCode = 'no-key';
  return { phase: 'not-held', facts: { reasonCode }, data: { reasonCode } };
}

/** Nobody learns what the ballots say; the worker records that. */
function withoutRelease(): PollMove {
  const reasonCode = 'not-released';
  return { stage: null, facts: { reasonCode }, data: { reasonCode } };
}

/** The trustees may be done before the step that waits for them is taken: here, and where they release the key. */
function keyMade({ phase, stage, facts }: Poll): PollMove | null {
  if (facts.keyMade) return null;
  if (phase === 'prepared') return { facts: { keyMade: true } };
  return stage === 'key-ceremony' ? { stage: null, facts: { keyMade: true } } : null;
}

function keyReleased({ phase, stage, facts }: Poll): PollMove | null {
  if (facts.keyReleased) return null;
  if (phase === 'closed') return { facts: { keyReleased: true } };
  return stage === 'release' ? { stage: null, facts: { keyReleased: true } } : null;
}

/** From the key's release on somebody may know the result, and nobody may wish it away. */
const beforeRelease = ['prepared', 'roll-frozen', 'key-made', 'open', 'closing', 'closed'] as const;

/** Everything that moves a poll. In between the worker has issuers and ballots do what each phase asks of them. */
export const pollDecisions: Decisions<'poll'> = {
  kind: 'poll',
  begin: () => ({ phase: 'prepared', stage: 'roll-freeze' }),
  commands: {
    'freeze-roll': { in: ['prepared'], during: ['roll-freeze'], decide: toWorker },
    open: { in: ['key-made'], during: ['opening'], decide: toOpen },
    close: { in: ['open'], during: ['voting'], decide: toClosing },
    'end-casting': { in: ['closing'], during: ['casting'], decide: toClosed },
    'end-complaints': { in: ['closed'], during: ['complaints'], decide: toSettling },
    publish: { in: ['tallied'], during: ['publication'], decide: toWorker },
    'request-annulment': {
      in: beforeRelease,
      decide: (_, { actor }) => ({ facts: { annulmentRequestedBy: actor.id } }),
    },
    'confirm-annulment': {
      in: beforeRelease,
      decide: ({ facts: { annulmentRequestedBy } }, { actor }) => {
        if (annulmentRequestedBy === undefined) return refuse('no-change-requested');
        return actor.id === annulmentRequestedBy ? refuse('same-person-twice') : { phase: 'annulled' };
      },
    },
    appeal: {
      in: ['published'],
      during: ['appeal'],
      decide: (_, { actor }) => ({ stage: 'appeal-decision', facts: { appealedBy: actor.id } }),
    },
    'decide-appeal': {
      in: ['published'],
      during: ['appeal-decision'],
      decide: ({ facts }, { data, actor }) => {
        if (actor.id === facts.appealedBy) return refuse('same-person-twice');
        return data.upheld ? { phase: 'annulled' } : toDecided();
      },
    },
    'end-appeals': { in: ['published'], during: ['appeal'], decide: toDecided },
  },
  facts: { 'key-made': keyMade, 'key-released': keyReleased },
  timing: {
    opening: windowFrom(null, 'opens'),
    voting: windowFrom('opens', 'certificatesClose'),
    casting: windowFrom('certificatesClose', 'castingCloses'),
    complaints: windowFrom('castingCloses', 'complaintsClose'),
  },
  binding: ['opening', 'voting', 'casting', 'complaints'],
  whenOver: {
    'roll-freeze': toWorker,
    'key-ceremony': withoutKey,
    opening: toOpen,
    voting: toClosing,
    casting: toClosed,
    complaints: toSettling,
    release: withoutRelease,
    publication: toWorker,
    appeal: toDecided,
    'appeal-decision': toDecided,
  },
  words: pollWords,
  acts: pollActsInWords,
};
