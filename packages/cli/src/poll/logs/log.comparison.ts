import type { TreeHead } from '@talkoot/ballot-protocol';

/**
 * What a witness shows of a log, held against the log:
 * - `same`, `earlier`: of the log's tree, all of it or its beginning
 * - `ahead`: it has more leaves than the log. Where that stays, the log is behind
 * - `forked`: it has other leaves at the same place
 * - `nothing`: it never cosigned the log, or lost its database
 * - `unknown`: a size of which the log shows no tree
 */
export type Agreement = 'same' | 'earlier' | 'ahead' | 'forked' | 'nothing' | 'unknown';

/** A log as it shows itself. */
export interface ShownLog extends TreeHead {
  /** Root over the first leaves; undefined for a size of which nothing is shown. */
  rootAt(size: number): Uint8Array | undefined;
}

export function agreementOf(shown: TreeHead, log: ShownLog): Agreement {
  if (shown.size === 0) return 'nothing';
  if (shown.size > log.size) return 'ahead';
  const root = shown.size === log.size ? log.root : log.rootAt(shown.size);
  if (root === undefined) return 'unknown';
  if (Buffer.compare(root, shown.root) !== 0) return 'forked';
  return shown.size === log.size ? 'same' : 'earlier';
}
