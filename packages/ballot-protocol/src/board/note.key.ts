import { sha256 } from '@noble/hashes/sha2.js';
import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bound, readU32 } from '../binding.ts';
import { publicKeyOf, sign, verifySignature } from '../signature/ed25519.ts';
import { BoardError } from './board.errors.ts';
import { isKeyName } from './note.ts';
import type { Note, NoteSignature } from './note.ts';

/** A key that signs notes under a name. */
export interface NoteKey {
  readonly name: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** How an Ed25519 signature is verified, by the rule of `verifySignature`. */
export type Verify = typeof verifySignature;

const types = { log: 0x01, witness: 0x04 } as const;
const latest = Number.MAX_SAFE_INTEGER;

/**
 * Key id of a log's signature (type 0x01) or a witness's cosignature (type 0x04): the first four bytes of
 * H(name ‖ 0x0A ‖ type ‖ public key).
 * @throws BoardError `key-invalid`
 */
export function keyIdOf({ name, publicKey }: NoteKey, type: keyof typeof types): number {
  if (!isKeyName(name)) throw new BoardError('key-invalid', `${JSON.stringify(name)} is no key name`);
  if (publicKey.length !== 32) throw new BoardError('key-invalid', `a key of ${publicKey.length} bytes`);
  return readU32(sha256(concatBytes(utf8ToBytes(`${name}\n`), Uint8Array.of(types[type]), publicKey)), 0);
}

/**
 * Signs a note's text as a log does.
 * @param secretKey the 32-byte seed of the Ed25519 key
 * @throws BoardError `key-invalid`
 */
export function signNote(text: string, name: string, secretKey: Uint8Array): NoteSignature {
  const keyId = keyIdOf({ name, publicKey: publicKeyOf(secretKey) }, 'log');
  return { name, keyId, signature: sign(secretKey, utf8ToBytes(text)) };
}

/**
 * Cosigns a checkpoint's text as a witness does, C2SP tlog-cosignature `cosignature/v1`.
 * @param secretKey the 32-byte seed of the Ed25519 key
 * @param time POSIX seconds
 * @throws BoardError `key-invalid`, `size-invalid` for a time that is no safe integer from 0 on
 */
export function cosignNote(text: string, name: string, secretKey: Uint8Array, time: number): NoteSignature {
  if (!Number.isSafeInteger(time) || time < 0) throw new BoardError('size-invalid', `${time} is no time`);
  const stamp = new Uint8Array(8);
  new DataView(stamp.buffer).setBigUint64(0, BigInt(time));
  const keyId = keyIdOf({ name, publicKey: publicKeyOf(secretKey) }, 'witness');
  return { name, keyId, signature: concatBytes(stamp, sign(secretKey, cosigned(text, time))) };
}

/**
 * Whether a log signed the note.
 * @returns false if it has no line of the log's key
 * @throws BoardError `signature-invalid` for a line that does not hold, `key-invalid`
 */
export function isSignedBy(note: Note, log: NoteKey, verify: Verify = verifySignature): boolean {
  const line = lineOf(note, log.name, keyIdOf(log, 'log'));
  if (line === undefined) return false;
  requireValid(log, verify(log.publicKey, utf8ToBytes(note.text), line.signature));
  return true;
}

/**
 * When a witness cosigned the note, in POSIX seconds.
 * @returns nothing if it has no line of the witness's key
 * @throws BoardError `signature-invalid` for a line that does not hold, or is dated after 2^53 − 1; `key-invalid`
 */
export function cosignedAt(
  note: Note,
  witness: NoteKey,
  verify: Verify = verifySignature,
): number | undefined {
  const line = lineOf(note, witness.name, keyIdOf(witness, 'witness'));
  if (line === undefined) return undefined;
  const { signature } = line;
  requireValid(witness, signature.length === 72);
  const time = Number(new DataView(signature.buffer, signature.byteOffset).getBigUint64(0));
  requireValid(witness, time <= latest);
  requireValid(witness, verify(witness.publicKey, cosigned(note.text, time), signature.subarray(8)));
  return time;
}

function cosigned(text: string, time: number): Uint8Array {
  return bound(`cosignature/v1\ntime ${time}\n`, utf8ToBytes(text));
}

function lineOf({ signatures }: Note, name: string, keyId: number): NoteSignature | undefined {
  return signatures.find((line) => line.name === name && line.keyId === keyId);
}

function requireValid({ name }: NoteKey, valid: boolean): void {
  if (!valid) throw new BoardError('signature-invalid', `the signature of ${name} does not hold`);
}
