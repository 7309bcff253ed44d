import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson, parseCanonical } from '../canonical.ts';
import { BoardError } from './board.errors.ts';

const Hash = z.string().regex(/^[0-9a-f]{64}$/);
const ClosingShape = z.strictObject({
  protocol: z.literal('talkoot-closing-v1'),
  /** m, the hash of the manifest. */
  manifest: Hash,
  /** SHA-256 of `complaints.json`. */
  complaints: Hash,
  /** SHA-256 of `desks.json`. */
  desks: Hash,
});
/** What `closing.json` says, the last leaf of a board. */
export type ClosingRecord = z.infer<typeof ClosingShape>;

/**
 * The bytes of `closing.json`: they bind complaints and totals of desks to the board, and so to what trustees sign at release.
 * @param m hash of the manifest
 * @param complaints the bytes of `complaints.json`
 * @param desks the bytes of `desks.json`
 */
export function closingRecord(
  m: Uint8Array,
  complaints: Uint8Array,
  desks: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const record: ClosingRecord = {
    protocol: 'talkoot-closing-v1',
    manifest: bytesToHex(m),
    complaints: bytesToHex(sha256(complaints)),
    desks: bytesToHex(sha256(desks)),
  };
  return canonicalJson(record);
}

/**
 * Reads `closing.json`.
 * @throws BoardError `closing-malformed`
 */
export function readClosingRecord(bytes: Uint8Array): ClosingRecord {
  try {
    return ClosingShape.parse(parseCanonical(bytes));
  } catch (error) {
    throw new BoardError('closing-malformed', 'not the canonical JSON of a closing record', { cause: error });
  }
}
