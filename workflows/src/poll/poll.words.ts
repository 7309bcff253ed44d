import { pollActsIn } from '@talkoot/workflow-contracts';
import type { Phase, StateOf } from '@talkoot/workflow-contracts';

/** What each phase of a poll means, for operators. */
export const pollWords: { readonly [P in Phase<'poll'>]: string } = {
  new: 'nothing is done yet',
  prepared: 'the question is fixed, who may vote is not',
  'roll-frozen': 'who may vote is fixed; the trustees make the key that seals the ballots',
  'key-made': 'the manifest is published and certificates are issued; ballots are not accepted yet',
  open: 'certificates are issued and ballots accepted',
  closing: 'no certificates any more; whoever has both may still cast',
  closed: 'no ballots any more; whoever misses theirs on the board complains',
  'key-release': 'the board is final; the trustees open the ballots',
  tallied: 'the result is computed, not published',
  published: 'everybody can recount the result and appeal against it',
  decided: 'the result stands, or that there is none',
  'not-held': 'it was never opened',
  annulled: 'an appeal was upheld: it has no result',
};

/** Who does what in the running wait, and how. */
export function pollActsInWords({ id, stage, facts }: StateOf<'poll'>): string[] {
  if (stage === null) return [];
  return pollActsIn(stage, id, Boolean(facts.windows)).map(
    ({ by, does, command }) => `**${by}** ${does}${command === null ? '' : `: \`${command}\``}`,
  );
}
