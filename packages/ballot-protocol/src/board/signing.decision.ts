import { equalBytes } from '@noble/curves/utils.js';
import { quorumOf } from './witness.policy.ts';
import type { NoteKey } from './note.key.ts';
import type { TreeHead } from './witness.decision.ts';

/** What a witness last cosigned of a log, and what the log itself has there. */
export interface WitnessAnswer {
  /** Name of the witness. */
  readonly witness: string;
  /** The empty tree if it never cosigned one. */
  readonly last: TreeHead;
  /** Own root over the first `last.size` leaves; nothing if the log has fewer. */
  readonly ownRoot: Uint8Array | undefined;
}

/**
 * - `witnesses-silent`: half of the witnesses or fewer answered, so that the last checkpoint that stood may be
 *   one that none of these knows
 * - `behind`: a witness cosigned a larger tree: leaves were lost, as by the restoration of an old backup
 * - `forked`: a witness cosigned another tree of a size that the log has
 */
export type SigningRefusal = 'witnesses-silent' | 'behind' | 'forked';

export type SigningDecision =
  | { readonly outcome: 'sign' }
  | { readonly outcome: 'refuse'; readonly code: SigningRefusal; readonly witness?: string };

/**
 * Whether an issuer may sign certificates, or a board promises: only if its log contains everything that more
 * than half of the witnesses have cosigned of it. To be asked at every start, and after every restoration.
 * @throws BoardError `witnesses-invalid`
 */
export function decideSigning(
  witnesses: readonly NoteKey[],
  answers: readonly WitnessAnswer[],
): SigningDecision {
  const known = answers.filter(({ witness }) => witnesses.some(({ name }) => name === witness));
  for (const { witness, last, ownRoot } of known) {
    if (ownRoot === undefined) return { outcome: 'refuse', code: 'behind', witness };
    if (!equalBytes(ownRoot, last.root)) return { outcome: 'refuse', code: 'forked', witness };
  }
  const answered = new Set(known.map(({ witness }) => witness)).size;
  return answered < quorumOf(witnesses)
    ? { outcome: 'refuse', code: 'witnesses-silent' }
    : { outcome: 'sign' };
}
