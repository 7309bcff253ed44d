import { equalBytes } from '@noble/curves/utils.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { canonicalJson, parseCanonical } from '../canonical.ts';
import { BoardError } from './board.errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { leafHash } from './merkle.hash.ts';
import { GrowingTree } from './merkle.tree.ts';
import { requireInclusion } from './merkle.verify.ts';
import { isPromised } from './promise.ts';
import type { Promiser } from './promise.ts';

/** A leaf and the board's promise to publish it: what a complaint shows. */
export interface Complaint {
  /** The whole leaf, as it was sent. */
  readonly leaf: Uint8Array;
  readonly promise: Uint8Array;
}

/** What a voter keeps. Until release it shows nothing of the ballot. */
export interface Receipt extends Complaint {
  /** m, the hash of the manifest. */
  readonly manifest: Uint8Array;
}

/** Most bytes of a leaf that a receipt or a complaint may hold. */
const mostLeafBytes = 65_536;
const bytesOf = (least: number, most = least) =>
  z
    .string()
    .min(2 * least)
    .max(2 * most)
    .regex(/^(?:[0-9a-f]{2})*$/)
    .transform((text) => hexToBytes(text));
const ComplaintShape = z.strictObject({ leaf: bytesOf(1, mostLeafBytes), promise: bytesOf(64) });
const ReceiptShape = ComplaintShape.extend({ manifest: bytesOf(32) });

/** `receipt.json`: canonical JSON with `leaf`, `manifest` and `promise` in hexadecimal. */
export function encodeReceipt({ manifest, leaf, promise }: Receipt): Uint8Array<ArrayBuffer> {
  return canonicalJson({ ...hexOf({ leaf, promise }), manifest: bytesToHex(manifest) });
}

/**
 * Reads `receipt.json`. Whether the promise holds is for `isValidComplaint` to say.
 * @throws BoardError `receipt-malformed`
 */
export function parseReceipt(bytes: Uint8Array): Receipt {
  return parse(ReceiptShape, bytes);
}

/** `complaints.json`: canonical JSON, complaints in the order given. */
export function encodeComplaints(complaints: readonly Complaint[]): Uint8Array<ArrayBuffer> {
  return canonicalJson(complaints.map(hexOf));
}

/**
 * Reads `complaints.json`. An invalid complaint is one whose promise does not hold: see `isValidComplaint`.
 * @throws BoardError `receipt-malformed`
 */
export function parseComplaints(bytes: Uint8Array): Complaint[] {
  return parse(z.array(ComplaintShape), bytes);
}

/**
 * Whether a complaint has to be honoured: the board promised this leaf in this poll. It is honoured as soon as
 * the leaf's hash is on the board.
 */
export function isValidComplaint({ leaf, promise }: Complaint, promiser: Promiser): boolean {
  return isPromised(leafHash(leaf), promise, promiser);
}

/**
 * - `honoured`: the leaf is at `index`
 * - `unhonoured`: promised, and not among the leaves: reason for a complaint if the checkpoint is the final one
 * - `invalid`: of another poll, or not promised by this board
 */
export type ReceiptFinding =
  | { readonly outcome: 'honoured'; readonly index: number }
  | { readonly outcome: 'unhonoured' }
  | { readonly outcome: 'invalid' };

/**
 * Looks for a receipt's leaf among all leaf hashes of a board, as the tiles of level 0 hold them. Nobody learns
 * which one was looked for.
 * @param leafHashes of all leaves of the checkpoint, in their order
 * @throws BoardError `root-differs` if these are not the leaves of the checkpoint
 */
export function findReceipt(
  receipt: Receipt,
  promiser: Promiser,
  leafHashes: Iterable<Uint8Array>,
  checkpoint: Pick<Checkpoint, 'size' | 'root'>,
): ReceiptFinding {
  if (!isOfPoll(receipt, promiser)) return { outcome: 'invalid' };
  const wanted = leafHash(receipt.leaf);
  const tree = new GrowingTree();
  let index: number | undefined;
  for (const hash of leafHashes) {
    if (tree.size === checkpoint.size)
      throw new BoardError('root-differs', 'more leaves than the checkpoint');
    if (equalBytes(hash, wanted)) index ??= tree.size;
    tree.append(hash);
  }
  if (tree.size !== checkpoint.size || !equalBytes(tree.root(), checkpoint.root)) {
    throw new BoardError('root-differs', 'these are not the leaves of the checkpoint');
  }
  return index === undefined ? { outcome: 'unhonoured' } : { outcome: 'honoured', index };
}

/**
 * Requires that an inclusion proof shows a receipt's leaf on the board.
 * @throws BoardError as `requireInclusion`
 */
export function requireReceiptIncluded(
  { leaf }: Pick<Receipt, 'leaf'>,
  { index, proof }: { readonly index: number; readonly proof: readonly Uint8Array[] },
  { size, root }: Pick<Checkpoint, 'size' | 'root'>,
): void {
  requireInclusion({ leafHash: leafHash(leaf), index, size, root, proof });
}

/** Whether a receipt is of this poll, and what it shows was promised by this board. */
export function isOfPoll(receipt: Receipt, promiser: Promiser): boolean {
  return equalBytes(receipt.manifest, promiser.manifest) && isValidComplaint(receipt, promiser);
}

function hexOf({ leaf, promise }: Complaint) {
  return { leaf: bytesToHex(leaf), promise: bytesToHex(promise) };
}

function parse<T>(shape: z.ZodType<T>, bytes: Uint8Array): T {
  try {
    return shape.parse(parseCanonical(bytes));
  } catch (error) {
    throw new BoardError('receipt-malformed', 'not the canonical JSON of this shape', { cause: error });
  }
}
