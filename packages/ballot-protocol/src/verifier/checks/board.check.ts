import { equalBytes } from '@noble/curves/utils.js';
import { BoardError } from '../../board/board.errors.ts';
import { parseCheckpoint } from '../../board/checkpoint.ts';
import type { SignedCheckpoint } from '../../board/checkpoint.ts';
import type { Replay } from '../../board/root.replay.ts';
import { files } from '../../publication/files.ts';
import type { Finding } from '../report.ts';

/** The final checkpoint is over all leaves that were published. */
export function checkBoardRoot({ size, root }: Replay, checkpoints: readonly SignedCheckpoint[]): Finding[] {
  const final = checkpoints.at(-1);
  const entry = `${files.boardCheckpoints}#${checkpoints.length}`;
  if (!final) return [{ code: 'checkpoints-missing', entry: files.boardCheckpoints }];
  if (final.size !== size) return [{ code: 'size-differs', entry }];
  return equalBytes(final.root, root) ? [] : [{ code: 'root-differs', entry }];
}

/** Every archived checkpoint is a moment of this board. */
export function checkCheckpoints({ problems }: Replay): Finding[] {
  return problems.map(({ code, position }) => ({ code, entry: `${files.boardCheckpoints}#${position + 1}` }));
}

/**
 * Nothing came onto the board after a trustee gave its share for it: whoever could read the ballots could have answered
 * them with more.
 * @param released the checkpoint that the trustee kept, a signed note
 */
export function checkReleased({ size, root }: Replay, released: Uint8Array): Finding[] {
  const entry = 'the checkpoint of the release';
  try {
    const kept = parseCheckpoint(released);
    const isFinal = kept.size === size && equalBytes(kept.root, root);
    return isFinal ? [] : [{ code: 'board-differs-from-released', entry }];
  } catch (error) {
    if (!(error instanceof BoardError)) throw error;
    return [{ code: error.code, entry }];
  }
}
