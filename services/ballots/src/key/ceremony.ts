import {
  checkRound1,
  checkShare,
  isDestructionSigned,
  isReleaseSigned,
  KeyError,
  pollKeyOf,
  readCeremony,
  readConfirmation,
  readRound1,
  readRound2,
  transcriptOf,
} from '@talkoot/ballot-protocol';
import type { BindingCeremony, BindingManifest, PollKey, Round1, TreeHead } from '@talkoot/ballot-protocol';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import { DomainError } from '@talkoot/http-service';
import { isDeepStrictEqual } from 'node:util';
import { ceremonyOf } from '../poll/poll.ts';
import type { Poll } from '../poll/poll.ts';
import { awaitedOf } from './key.ts';
import type { Awaited, Destruction, KeyMaking, ReleasedShare } from './key.ts';

/** A poll's key as far as it is made, and who makes it. */
export interface Ceremony {
  readonly binding: BindingCeremony;
  readonly making: KeyMaking;
  readonly awaited: Awaited;
}

const mostKnown = 200;

/** Ceremonies of polls, which never change; those that were asked for lately are kept: checking their keys takes a while. */
export function ceremonies() {
  const known = new Map<string, BindingCeremony>();

  function read(poll: Poll): BindingCeremony {
    const binding = readCeremony(ceremonyOf(poll), verifySignature);
    if (known.size >= mostKnown) known.delete(known.keys().next().value!);
    known.set(poll.pollId, binding);
    return binding;
  }

  return {
    /** What the trustees of a poll are at. */
    at(poll: Poll, making: KeyMaking): Ceremony {
      const binding = known.get(poll.pollId) ?? read(poll);
      return { binding, making, awaited: awaitedOf(poll.phase, binding.ceremony, making) };
    },
  };
}
export type Ceremonies = ReturnType<typeof ceremonies>;

/**
 * A trustee's first package that is to be kept; null where the very same is kept already.
 * @throws DomainError `package-differs`, `ceremony-not-awaited`, `package-wrong` naming the trustee
 */
export function takenPackage<P extends { readonly index: number }>(
  { awaited }: Ceremony,
  wanted: Awaited,
  given: readonly P[],
  sent: P,
  read: () => P,
): P | null {
  const before = given.find(({ index }) => index === sent.index);
  if (before && isDeepStrictEqual(before, sent)) return null;
  if (before) throw new DomainError('package-differs', `trustee ${sent.index}`);
  if (awaited !== wanted) throw new DomainError('ceremony-not-awaited', `Awaited is: ${awaited}`);
  return orPackageWrong(read, sent.index);
}

/**
 * A round-1 package that fits those of the others.
 * @throws DomainError as `takenPackage`
 */
export function takenRound1(ceremony: Ceremony, sent: Round1): Round1 | null {
  const { binding, making } = ceremony;
  return takenPackage(ceremony, 'round1', making.round1, sent, () => {
    const round1 = readRound1(binding, sent);
    const all = [...making.round1, round1];
    // Only with the last one it shows whether together they make a key that t trustees open, and no fewer.
    if (all.length === binding.ceremony.trustees.length) checkRound1(binding, all);
    return round1;
  });
}

/** @throws DomainError as `takenPackage` */
export function takenRound2(ceremony: Ceremony, sent: KeyMaking['round2'][number]) {
  const { binding, making } = ceremony;
  return takenPackage(ceremony, 'round2', making.round2, sent, () =>
    readRound2(binding, transcriptOf(making.round1), sent),
  );
}

/** @throws DomainError as `takenPackage` */
export function takenConfirmation(ceremony: Ceremony, sent: KeyMaking['confirmations'][number]) {
  const { binding, making } = ceremony;
  return takenPackage(ceremony, 'confirmation', making.confirmations, sent, () =>
    readConfirmation(binding, transcriptOf(making.round1), sent),
  );
}

/** The poll's key, if with this confirmation all trustees have confirmed. */
export function keyWith(
  { binding, making }: Ceremony,
  last: KeyMaking['confirmations'][number],
): PollKey | null {
  const confirmations = [...making.confirmations, last];
  if (confirmations.length < binding.ceremony.trustees.length) return null;
  return pollKeyOf(binding, making.round1, confirmations);
}

/** What a share is given for: the manifest and the board under its final checkpoint. */
export interface FinalBoard {
  readonly binding: BindingManifest;
  readonly head: TreeHead;
}

/**
 * A share that is to be kept; null where it is kept already. Its signature says for which board it was given, so that no
 * ballot comes after it; any one share but the right one is wrong.
 * @throws DomainError `release-not-awaited`, `release-unsigned` naming the trustee, `share-wrong`
 */
export function takenShare(
  { awaited, making }: Ceremony,
  { binding, head }: FinalBoard,
  sent: ReleasedShare,
): ReleasedShare | null {
  if (making.shares.some((one) => isDeepStrictEqual(one, sent))) return null;
  if (awaited !== 'share' || making.key === null) throw new DomainError('release-not-awaited');
  const share = { index: sent.index, share: Buffer.from(sent.share, 'hex') };
  // First what costs little: it refuses all but the trustees.
  if (!isReleaseSigned(binding, head, share, Buffer.from(sent.signature, 'hex'), verifySignature))
    throw new DomainError('release-unsigned', `trustee ${sent.index}`);
  try {
    checkShare(making.key, share);
  } catch (error) {
    if (error instanceof KeyError) throw new DomainError('share-wrong', error.message);
    throw error;
  }
  return sent;
}

/**
 * A declaration that is to be kept; null where it is kept already.
 * @throws DomainError `destruction-not-awaited`, `package-wrong` naming the trustee
 */
export function takenDestruction(
  { binding, awaited, making }: Ceremony,
  sent: Destruction,
): Destruction | null {
  if (making.destroyed.some((one) => isDeepStrictEqual(one, sent))) return null;
  if (awaited !== 'destruction') throw new DomainError('destruction-not-awaited');
  if (isDestructionSigned(binding, sent.index, Buffer.from(sent.signature, 'hex'))) return sent;
  throw new DomainError('package-wrong', `package-unsigned: trustee ${sent.index}`);
}

function orPackageWrong<T>(read: () => T, index: number): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    throw new DomainError('package-wrong', `${error.code}: trustee ${error.index ?? index}`);
  }
}
