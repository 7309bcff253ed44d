import type { KeyCeremony } from '@talkoot/api-contracts/ballots';
import type { Confirmation, PollKey, Round1, Round2 } from '@talkoot/ballot-protocol';
import { isOver } from '../poll/poll.ts';
import type { PollPhase } from '../poll/poll.ts';

/** Everything that trustees gave for the key of one poll. */
export interface KeyMaking {
  readonly round1: readonly Round1[];
  readonly round2: readonly Round2[];
  readonly confirmations: readonly Confirmation[];
  /** Once every trustee has confirmed. */
  readonly key: PollKey | null;
  readonly shares: readonly ReleasedShare[];
  readonly destroyed: readonly Destruction[];
}

/** Hexadecimal. */
export interface ReleasedShare {
  readonly index: number;
  readonly share: string;
  /** For which board it was given. */
  readonly signature: string;
}

/** A trustee's signed word that it has destroyed its share. Hexadecimal. */
export interface Destruction {
  readonly index: number;
  readonly signature: string;
}

export type Awaited = KeyCeremony['awaited'];

/** What is awaited of the trustees of a poll. */
export function awaitedOf(
  phase: PollPhase,
  { threshold, trustees }: { readonly threshold: number; readonly trustees: readonly unknown[] },
  making: KeyMaking,
): Awaited {
  const { round1, round2, key, shares, destroyed } = making;
  if (phase === 'key-release') return shares.length < threshold ? 'share' : 'nothing';
  if (key !== null) return isOver(phase) && destroyed.length < trustees.length ? 'destruction' : 'nothing';
  if (phase !== 'roll-frozen') return 'nothing';
  if (round1.length < trustees.length) return 'round1';
  return round2.length < trustees.length ? 'round2' : 'confirmation';
}
