import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { BoardError } from './board.errors.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { cosignedAt, isSignedBy } from './note.key.ts';
import type { NoteKey, Verify } from './note.key.ts';

/** Who has to sign the checkpoints of a log; the name of the log's key is its origin. */
export interface CheckpointPolicy {
  readonly log: NoteKey;
  readonly witnesses: readonly NoteKey[];
  /** A faster verification that agrees with `verifySignature`, which is used by default. */
  readonly verify?: Verify;
}

/** A key as a manifest names it; the key in hexadecimal. */
interface NamedKey {
  readonly name: string;
  readonly publicKey: string;
}

/** Who signs the checkpoints of a log, and which witnesses cosign them, by the manifest. */
export function policyOf(
  { witnesses }: { readonly witnesses: readonly NamedKey[] },
  log: NamedKey,
  verify?: Verify,
): CheckpointPolicy {
  const keyOf = ({ name, publicKey }: NamedKey) => ({ name, publicKey: hexToBytes(publicKey) });
  return { log: keyOf(log), witnesses: witnesses.map(keyOf), ...(verify && { verify }) };
}

export interface Cosignature {
  readonly name: string;
  /** POSIX seconds. */
  readonly time: number;
}

/**
 * How many of the witnesses are more than half.
 * @throws BoardError `witnesses-invalid` without witnesses, or for a key or name that occurs twice
 */
export function quorumOf(witnesses: readonly NoteKey[]): number {
  const names = new Set(witnesses.map(({ name }) => name));
  const keys = new Set(witnesses.map(({ publicKey }) => bytesToHex(publicKey)));
  if (names.size === 0 || names.size !== witnesses.length || keys.size !== witnesses.length) {
    throw new BoardError('witnesses-invalid', 'witnesses are distinct in name and key, one at least');
  }
  return Math.floor(witnesses.length / 2) + 1;
}

/**
 * Requires that a checkpoint stands: of this log, signed by it, cosigned by more than half of the witnesses.
 * Lines of unknown keys do not count and do no harm; a line of a known key has to hold.
 * @returns the cosignatures, in the order of the witnesses
 * @throws BoardError `origin-differs`, `signature-missing`, `signature-invalid`, `witnesses-too-few`,
 * `witnesses-invalid`, `key-invalid`
 */
export function requireStanding(checkpoint: SignedCheckpoint, policy: CheckpointPolicy): Cosignature[] {
  const quorum = quorumOf(policy.witnesses);
  requireLogSigned(checkpoint, policy);
  const cosignatures = policy.witnesses.flatMap((witness) => {
    const time = cosignedAt(checkpoint.note, witness, policy.verify);
    return time === undefined ? [] : [{ name: witness.name, time }];
  });
  if (cosignatures.length < quorum) {
    throw new BoardError('witnesses-too-few', `${cosignatures.length} cosigned, ${quorum} are needed`);
  }
  return cosignatures;
}

/**
 * Requires that a checkpoint is of this log and signed by it.
 * @throws BoardError `origin-differs`, `signature-missing`, `signature-invalid`, `key-invalid`
 */
export function requireLogSigned(
  { origin, note }: SignedCheckpoint,
  { log, verify }: Pick<CheckpointPolicy, 'log' | 'verify'>,
): void {
  if (origin !== log.name) throw new BoardError('origin-differs', `${origin} is not ${log.name}`);
  if (!isSignedBy(note, log, verify)) throw new BoardError('signature-missing', `${origin} did not sign`);
}
