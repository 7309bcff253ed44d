import { p256, p256_FROST } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import type { PollKey } from '../manifest/manifest.shape.ts';
import { KeyError } from './key.errors.ts';

const { Point } = p256;
const { Fn } = Point;

/** A trustee's share of a poll's secret key. */
export interface KeyShare {
  /** The trustee's, from 1. */
  readonly index: number;
  /** 32 bytes. */
  readonly share: Uint8Array;
}

/**
 * The poll's secret key (32 bytes) from the shares of at least `threshold` trustees, all of which are checked.
 * @throws KeyError naming the trustee whose share is wrong, or `shares-missing`
 */
export function combineShares(key: PollKey, shares: readonly KeyShare[]): Uint8Array<ArrayBuffer> {
  const seen = new Set<number>();
  for (const share of shares) {
    checkShare(key, share);
    if (seen.has(share.index)) throw new KeyError('share-repeated', share.index);
    seen.add(share.index);
  }
  if (shares.length < key.threshold) throw new KeyError('shares-missing');
  return p256_FROST.combineSecret(
    shares.map(({ index, share }) => ({
      identifier: p256_FROST.Identifier.fromNumber(index),
      signingShare: Uint8Array.from(share),
    })),
    { min: key.threshold, max: key.trustees.length },
  );
}

/**
 * Whether a share is its trustee's: share·G = Σ indexᵏ·Cₖ over the commitments of the manifest.
 * @throws KeyError `share-unknown`, `share-malformed` or `share-wrong`, with the index
 */
export function checkShare(key: PollKey, { index, share }: KeyShare): void {
  if (!key.trustees.some((trustee) => trustee.index === index)) throw new KeyError('share-unknown', index);
  const commitments = key.commitments.map((commitment) => hexToBytes(commitment));
  if (!matchesCommitments(commitments, index, scalarOf(share, index)))
    throw new KeyError('share-wrong', index);
}

/** Whether a scalar is what the polynomial behind the commitments (compressed points) yields at an index. */
export function matchesCommitments(
  commitments: readonly Uint8Array[],
  index: number,
  scalar: bigint,
): boolean {
  const at = BigInt(index);
  const expected = commitments
    .map((commitment) => Point.fromBytes(commitment))
    .reduceRight((sum, point) => sum.multiplyUnsafe(at).add(point), Point.ZERO);
  return Point.BASE.multiply(scalar).equals(expected);
}

/**
 * The number that a share's 32 bytes say.
 * @throws KeyError `share-malformed` unless it is from 1 to below the group order
 */
export function scalarOf(share: Uint8Array, index: number): bigint {
  const scalar = share.length === 32 ? BigInt(`0x${bytesToHex(share)}`) : 0n;
  if (scalar === 0n || scalar >= Fn.ORDER) throw new KeyError('share-malformed', index);
  return scalar;
}
