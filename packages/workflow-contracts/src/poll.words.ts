import type { Phase } from './phases.ts';
import type { WaitName } from './waits.ts';

/** What each phase of a poll means, for those who operate or follow it. */
export const pollWords: { readonly [P in Phase<'poll'>]: string } = {
  new: 'nothing is done yet',
  prepared: 'the question is fixed, who may vote is not',
  'roll-frozen': 'who may vote is fixed; the trustees make the key that seals the ballots',
  'key-made': 'the manifest is published and certificates are issued; ballots are not accepted yet',
  open: 'certificates are issued and ballots accepted',
  closing: 'no certificates any more; whoever has both may still cast',
  closed: 'no ballots any more; whoever misses theirs on the board complains',
  'key-release': 'the board is final; the trustees open the ballots',
  tallied: 'the ballots are counted, or nobody learns what they say; nothing is published yet',
  published: 'everybody can recount the result and appeal against it',
  decided: 'the result stands, or that there is none',
  'not-held': 'it was never opened',
  annulled: 'it has no result: an appeal was upheld, or nobody could finish it',
};

/** What somebody does, or may do, while a poll waits. */
export interface PollAct {
  readonly by: 'poll-officer' | 'appeal-body' | 'desk-clerk' | 'trustee' | 'resident' | 'anybody';
  /** As in "the poll officer …". */
  readonly does: string;
  /** By which command, with `POLL` in the place of the poll's id; null where it is not done at the command line. */
  readonly command: string | null;
  /** It ends a window before its time: only where the charter ends phases by acts, as a manifest's windows bind. */
  readonly endsWindow?: true;
}

const identity = '--identity FILE';
const pool = '--pool FILE';

/** Who does what in each wait of a poll: first those who are awaited. For officers, trustees and operators to read. */
export const pollActs: { readonly [W in WaitName<'poll'>]: readonly PollAct[] } = {
  'roll-freeze': [
    { by: 'poll-officer', does: 'has both issuers freeze who may vote', command: 'talkoot poll freeze POLL' },
  ],
  'key-ceremony': [
    {
      by: 'trustee',
      does: 'gives each of the three rounds once everybody gave the one before; the status of the poll says who has not',
      command: `talkoot poll trustee advance POLL ${identity}`,
    },
  ],
  opening: [
    {
      by: 'trustee',
      does: 'compares the manifest with the key that it made, before the poll opens',
      command: `talkoot poll trustee check POLL ${identity}`,
    },
    { by: 'poll-officer', does: 'opens the poll', command: 'talkoot poll open POLL', endsWindow: true },
  ],
  voting: [
    { by: 'resident', does: 'gets both certificates and votes', command: null },
    {
      by: 'desk-clerk',
      does: 'certifies who votes on paper',
      command: `talkoot poll desk issue POLL --desk DESK ${pool}`,
    },
    {
      by: 'poll-officer',
      does: 'ends the issuing of certificates',
      command: 'talkoot poll close POLL',
      endsWindow: true,
    },
  ],
  casting: [
    { by: 'resident', does: 'casts, if both certificates were issued before', command: null },
    {
      by: 'desk-clerk',
      does: 'casts the papers of the urn',
      command: `talkoot poll desk enter POLL ${pool} --first FILE --second FILE`,
    },
    { by: 'poll-officer', does: 'ends casting', command: 'talkoot poll end-casting POLL', endsWindow: true },
  ],
  complaints: [
    { by: 'resident', does: 'complains if the ballot that was promised is not on the board', command: null },
    {
      by: 'desk-clerk',
      does: 'does so for the papers of the desk',
      command: `talkoot poll desk check POLL ${pool} --complain`,
    },
    {
      by: 'desk-clerk',
      does: 'states how many papers there were, as does a second person',
      command: 'talkoot poll desk totals POLL --desk DESK --entered N',
    },
    {
      by: 'poll-officer',
      does: 'ends the complaints',
      command: 'talkoot poll end-complaints POLL',
      endsWindow: true,
    },
  ],
  release: [
    {
      by: 'trustee',
      does: 'gives its share; as many as the charter says are enough',
      command: `talkoot poll trustee release POLL ${identity}`,
    },
  ],
  publication: [{ by: 'poll-officer', does: 'publishes the result', command: 'talkoot poll publish POLL' }],
  appeal: [
    { by: 'anybody', does: 'recounts the poll', command: 'talkoot verify …/polls/POLL/publication' },
    { by: 'resident', does: 'may appeal', command: null },
    {
      by: 'appeal-body',
      does: 'ends the window for appeals',
      command: 'talkoot poll end-appeals POLL',
      endsWindow: true,
    },
  ],
  'appeal-decision': [{ by: 'appeal-body', does: 'decides the appeal', command: null }],
};

/**
 * What is to be done in a poll that waits, and by whom.
 * @param isBound whether the manifest says when windows end, so that nobody ends them before
 */
export function pollActsIn(wait: WaitName<'poll'>, pollId: string, isBound: boolean): readonly PollAct[] {
  return pollActs[wait]
    .filter(({ endsWindow }) => !(endsWindow && isBound))
    .map((act) => ({ ...act, command: act.command?.replace('POLL', pollId) ?? null }));
}
