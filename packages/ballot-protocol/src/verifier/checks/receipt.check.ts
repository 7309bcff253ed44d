import { bytesToHex } from '@noble/hashes/utils.js';
import { decodeBallot } from '../../ballot/plaintext.ts';
import { BoardError } from '../../board/board.errors.ts';
import { leafHash } from '../../board/merkle.hash.ts';
import { isOfPoll, parseReceipt } from '../../board/receipt.ts';
import type { BindingManifest } from '../../manifest/manifest.read.ts';
import type { Manifest } from '../../manifest/manifest.shape.ts';
import type { BoardReading } from '../board.reading.ts';
import type { ReceiptResult } from '../report.ts';
import { promiserOf } from './complaints.check.ts';

/** Which leaf a receipt stands for; its hash is null where the board promised nothing of the kind. */
export interface ReceiptClaim {
  readonly hash: string | null;
}

/** Reads `receipt.json` and checks the promise in it. */
export function readReceipt(binding: BindingManifest, bytes: Uint8Array): ReceiptClaim {
  try {
    const receipt = parseReceipt(bytes);
    return { hash: isOfPoll(receipt, promiserOf(binding)) ? bytesToHex(leafHash(receipt.leaf)) : null };
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    return { hash: null };
  }
}

/** What became of a receipt's ballot. */
export function receiptState(
  manifest: Manifest,
  { hash }: ReceiptClaim,
  board: BoardReading | null,
  isReleased: boolean,
): ReceiptResult {
  if (hash === null) return { outcome: 'invalid', leaf: null, reason: null };
  if (board === null) return { outcome: 'unknown', leaf: null, reason: null };
  const { found, deciding } = board;
  const leaf = found.get(hash) ?? null;
  if (leaf === null) return { outcome: 'missing', leaf, reason: null };
  if (!isReleased) return { outcome: 'published', leaf, reason: null };
  const decided = [...deciding].find((one) => bytesToHex(one.hash) === hash);
  if (!decided) return { outcome: 'replaced', leaf, reason: null };
  const decoded = decodeBallot(manifest, decided.plaintext ?? undefined);
  if ('ballot' in decoded) return { outcome: 'counted', leaf, reason: null };
  return { outcome: 'rejected', leaf, reason: decoded.rejection };
}
