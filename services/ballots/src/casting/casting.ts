import type { Ballot } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import type { BallotStore, StoredBallot } from './ballot.store.ts';
import { voteOf } from './ballot.ts';
import { requireEntitled } from './certificate.check.ts';
import { fateOf } from './gate.ts';
import type { CastOutcome, Gate } from './gate.ts';
import type { GateStore } from './gate.store.ts';
import { leafOf, receiptOf } from './leaf.ts';
import type { RulesCache } from './rules.cache.ts';

export interface CastingParts {
  readonly gates: Pick<GateStore, 'stateOf'>;
  readonly ballots: Pick<BallotStore, 'insert' | 'confirm' | 'find' | 'withdraw'>;
  readonly rules: RulesCache;
}

/**
 * Takes in a ballot and returns its receipt. The same ballot again gets the same receipt.
 * @throws DomainError any of the problems of `castBallot`
 */
export async function cast(parts: CastingParts, poll: string, sent: Ballot): Promise<string> {
  const { rules, binding } = await parts.rules.get(poll);
  if (!binding) throw new DomainError('poll-not-open');
  const leaf = leafOf(sent);
  await requireEntitled(binding, leaf);
  const gate = await parts.gates.stateOf(poll);
  if (gate === null) throw new DomainError('poll-not-open');
  const { publicKey, certificates, sequence, signature } = sent;
  const vote = voteOf(sent, rules);
  const receipt = receiptOf(leaf);
  const ballot = { receipt, poll, publicKey, certificates, sequence, vote, signature };
  const outcome = await takeIn(parts, gate, ballot);
  if (outcome === 'refused-closed') throw new DomainError('poll-not-open');
  if (outcome === 'undecided') throw new DomainError('poll-being-counted');
  return receipt;
}

/** Stores a ballot that may be cast, and tells what became of it. `gate` is where the gate stood before. */
export async function takeIn(
  parts: Pick<CastingParts, 'gates' | 'ballots'>,
  gate: Gate,
  ballot: StoredBallot,
): Promise<CastOutcome> {
  const { ballots, gates } = parts;
  const { poll, receipt } = ballot;
  const isOwn = gate === 'open' && (await ballots.insert(ballot)) === 'stored';
  const isThere = isOwn || (gate === 'open' ? await ballots.confirm(poll, receipt) : true);
  // Read again: what matters is where the gate stands once the ballot is durable.
  const after = (await gates.stateOf(poll)) ?? 'closed';
  if (!isThere && after === 'open') throw new DomainError('sequence-already-used');
  if (isOwn && after === 'open') return 'accepted';
  if (isOwn && (await ballots.withdraw(receipt))) return 'refused-closed';
  const known = await ballots.find(poll, receipt);
  if (known) return fateOf(after, known.counted);
  // Another copy of it may still be on its way in, until the poll is sealed.
  return gate === 'open' || after === 'sealed' ? 'refused-closed' : 'undecided';
}
