import { equalBytes } from '@noble/curves/utils.js';
import { BoardError } from './board.errors.ts';
import type { BoardErrorCode } from './board.errors.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { emptyRoot } from './merkle.hash.ts';
import { requireConsistency } from './merkle.verify.ts';
import { isSignedBy } from './note.key.ts';
import type { NoteKey, Verify } from './note.key.ts';

/** What a witness keeps of each log: the largest tree it ever cosigned. */
export interface TreeHead {
  readonly size: number;
  readonly root: Uint8Array;
}

/** A log that a witness is set up for. */
export interface KnownLog {
  /** The name is the log's origin. */
  readonly key: NoteKey;
  /** What it last cosigned; nothing if it never did. */
  readonly last?: TreeHead | undefined;
}

/** What C2SP tlog-witness calls add-checkpoint. */
export interface WitnessRequest {
  /** Size of the tree that the proof starts from. */
  readonly oldSize: number;
  readonly proof: readonly Uint8Array[];
  readonly checkpoint: SignedCheckpoint;
}

/**
 * Why a witness does not cosign, and the status that C2SP tlog-witness answers with.
 * - `unknown-log` (404): not a log that it is set up for
 * - `log-unsigned` (403): no line of the log's key, or one that does not hold
 * - `old-size-beyond` (400): the proof would start beyond the checkpoint
 * - `rollback` (409): the log is smaller than it was, as after the restoration of an old backup
 * - `fork` (409): another root at the same size
 * - `old-size-stale` (409): the proof has to start from the size last cosigned
 * - `proof-invalid` (422): the log does not begin with what was last cosigned
 */
export type WitnessRefusal =
  | 'unknown-log'
  | 'log-unsigned'
  | 'old-size-beyond'
  | 'rollback'
  | 'fork'
  | 'old-size-stale'
  | 'proof-invalid';

export type WitnessDecision =
  | {
      readonly outcome: 'cosign';
      /** To be stored durably in the place of `replaces`, and only of that, before the signature leaves. */
      readonly record: TreeHead;
      readonly replaces: TreeHead | undefined;
    }
  | {
      readonly outcome: 'refuse';
      readonly code: WitnessRefusal;
      /** Size last cosigned, once the log is known to have signed. */
      readonly lastSize?: number;
    };

/**
 * Whether a witness cosigns a checkpoint (C2SP tlog-witness): if the log is known and signed it, and it begins
 * with all that this witness cosigned before. The same checkpoint again is cosigned again.
 * @param known the log of the checkpoint's origin, if the witness is set up for it
 */
export function decideCosigning(
  request: WitnessRequest,
  known: KnownLog | undefined,
  verify?: Verify,
): WitnessDecision {
  const { checkpoint, oldSize } = request;
  if (known?.key.name !== checkpoint.origin) return { outcome: 'refuse', code: 'unknown-log' };
  if (!isSigned(checkpoint, known.key, verify)) return { outcome: 'refuse', code: 'log-unsigned' };
  const last = known.last ?? { size: 0, root: emptyRoot() };
  const refuse = (code: WitnessRefusal) => ({ outcome: 'refuse', code, lastSize: last.size }) as const;
  if (oldSize > checkpoint.size) return refuse('old-size-beyond');
  if (checkpoint.size < last.size) return refuse('rollback');
  if (checkpoint.size === last.size && !equalBytes(checkpoint.root, last.root)) return refuse('fork');
  if (oldSize !== last.size) return refuse('old-size-stale');
  if (!isConsistent(last, request)) return refuse('proof-invalid');
  const record = { size: checkpoint.size, root: checkpoint.root };
  return { outcome: 'cosign', record, replaces: known.last };
}

function isSigned({ note }: SignedCheckpoint, key: NoteKey, verify: Verify | undefined): boolean {
  return refusedAs(['signature-invalid'], () => isSignedBy(note, key, verify));
}

function isConsistent(first: TreeHead, { checkpoint: second, proof }: WitnessRequest): boolean {
  return refusedAs(['proof-length', 'root-differs', 'hash-malformed'], () => {
    requireConsistency({ first, second, proof });
    return true;
  });
}

function refusedAs(codes: readonly BoardErrorCode[], check: () => boolean): boolean {
  try {
    return check();
  } catch (error) {
    if (error instanceof BoardError && codes.includes(error.code)) return false;
    throw error;
  }
}
