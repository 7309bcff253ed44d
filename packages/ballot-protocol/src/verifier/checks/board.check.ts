import { equalBytes } from '@noble/curves/utils.js';
import { files } from '../../publication/files.ts';
import type { ArchivedCheckpoint } from '../archive.reading.ts';
import type { BoardReading } from '../board.reading.ts';
import type { Finding } from '../report.ts';

const entryOf = (place: number) => `${files.boardCheckpoints}#${place + 1}`;

/** The final checkpoint is over all leaves that were published, the closing record being the last. */
export function checkBoardRoot(
  { replay, leaves, isClosed }: BoardReading,
  checkpoints: readonly ArchivedCheckpoint[],
): Finding[] {
  const final = checkpoints.at(-1)!;
  const entry = entryOf(checkpoints.length - 1);
  if (final.size !== leaves + 2) return [{ code: 'size-differs', entry }];
  return !isClosed || equalBytes(final.root, replay.root) ? [] : [{ code: 'root-differs', entry }];
}

/** Every checkpoint before the final one is a moment of this board, and none is smaller than the one before. */
export function checkCheckpoints(
  { replay: { problems } }: BoardReading,
  checkpoints: readonly ArchivedCheckpoint[],
): Finding[] {
  const final = checkpoints.length - 1;
  return problems
    .filter(({ code, position }) => position < final || code === 'size-fell')
    .map(({ code, position }) => ({ code, entry: entryOf(position) }));
}
