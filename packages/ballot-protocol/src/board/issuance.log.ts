import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { bound } from '../binding.ts';
import { compareBytes } from '../bytes.order.ts';
import { BoardError } from './board.errors.ts';
import { requireHash } from './merkle.hash.ts';

/** Origin of an issuer's issuance log, which is also the name of its `logKey`. */
export function issuanceOrigin(boardOrigin: string, issuerName: string): string {
  return `${boardOrigin}/issuance/${issuerName}`;
}

/**
 * Leaf 0 of an issuance log: `"talkoot-issuance-v1" ‖ m ‖ issuer name`.
 * @throws BoardError `hash-malformed`
 */
export function issuanceFirstLeaf(manifest: Uint8Array, issuerName: string): Uint8Array<ArrayBuffer> {
  requireHash(manifest);
  return bound('talkoot-issuance-v1', manifest, utf8ToBytes(issuerName));
}

export interface IssuanceBatchInput {
  /** Roll values of the entries a certificate was issued for and that are not in the log yet, in any order. */
  readonly pending: readonly Uint8Array[];
  /** Whether a roll value is in the log. */
  readonly isLogged: (rollValue: Uint8Array) => boolean;
  /** The manifest's `batchSize`. */
  readonly batchSize: number;
  /** Whether issuing is over: then everything is appended. */
  readonly closing: boolean;
}

/**
 * The roll values to append now, ascending: all that wait as soon as a batch of them does, nothing before that.
 * @throws BoardError `entry-repeated` for a value that waits twice or is logged, `batch-invalid`,
 * `hash-malformed`
 */
export function nextIssuanceBatch(input: IssuanceBatchInput): Uint8Array[] {
  const { pending, isLogged, batchSize, closing } = input;
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new BoardError('batch-invalid', `batches of ${batchSize}`);
  }
  pending.forEach(requireHash);
  if (new Set(pending.map(bytesToHex)).size !== pending.length || pending.some(isLogged)) {
    throw new BoardError('entry-repeated', 'a certificate is issued once for an entry');
  }
  return closing || pending.length >= batchSize ? pending.toSorted(compareBytes) : [];
}
