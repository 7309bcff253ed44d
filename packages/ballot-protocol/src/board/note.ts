import { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64, toBase64 } from './base64.ts';
import { u32, readU32 } from '../binding.ts';
import { BoardError } from './board.errors.ts';

/** A signature line. Name and key id together name the key and its algorithm. */
export interface NoteSignature {
  readonly name: string;
  /** Four bytes, as a number. */
  readonly keyId: number;
  readonly signature: Uint8Array;
}

/** A text and who signed it, C2SP signed-note. */
export interface Note {
  /** Ends in a newline. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

/** Most that a note may have: bytes in all, and signature lines. */
export const noteLimits = { bytes: 65_536, signatures: 128 } as const;

const lineStart = '\u2014 ';

/**
 * Reads a signed note. Whoever signed it is not yet known to be who they say.
 * @throws BoardError `note-malformed`, also for two lines of one name and key id
 */
export function parseNote(bytes: Uint8Array): Note {
  if (bytes.length > noteLimits.bytes) throw malformed(`${bytes.length} bytes`);
  const whole = decodeText(bytes);
  const end = whole.lastIndexOf('\n\n');
  if (end < 0) throw malformed('no blank line before the signatures');
  return { text: whole.slice(0, end + 1), signatures: parseSignatures(whole.slice(end + 2)) };
}

/**
 * Reads signature lines, as a witness answers with them: one at least, each ending in a newline.
 * @throws BoardError `note-malformed`, also for two lines of one name and key id
 */
export function parseSignatures(lines: string): NoteSignature[] {
  if (!lines.endsWith('\n')) throw malformed('no newline at the end');
  const signatures = lines.slice(0, -1).split('\n').map(parseSignature);
  if (signatures.length > noteLimits.signatures) throw malformed(`${signatures.length} signatures`);
  const keys = new Set(signatures.map(({ name, keyId }) => `${keyId} ${name}`));
  if (keys.size !== signatures.length) throw malformed('two lines of one key');
  return signatures;
}

/** A signed note as text: what `parseNote` reads. */
export function noteText({ text, signatures }: Note): string {
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}

/** A signed note in bytes. */
export function encodeNote(note: Note): Uint8Array<ArrayBuffer> {
  return utf8ToBytes(noteText(note));
}

/** One signature line with its newline. */
export function signatureLine({ name, keyId, signature }: NoteSignature): string {
  return `${lineStart}${name} ${toBase64(concatBytes(u32(keyId), signature))}\n`;
}

/** Whether a name may stand in a signature line: not empty, no Unicode spaces, no plus, no control characters. */
export function isKeyName(name: string): boolean {
  return /^[^\p{White_Space}\p{Cc}\p{Cs}+]+$/u.test(name);
}

function parseSignature(line: string): NoteSignature {
  const [name = '', encoded = '', ...more] = line.slice(lineStart.length).split(' ');
  if (!line.startsWith(lineStart) || !isKeyName(name) || more.length > 0) throw malformed('a signature line');
  const bytes = fromBase64(encoded);
  if (bytes === undefined || bytes.length < 5) throw malformed(`the signature of ${name}`);
  return { name, keyId: readU32(bytes, 0), signature: bytes.subarray(4) };
}

function decodeText(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new BoardError('note-malformed', 'not UTF-8', { cause: error });
  }
  for (const char of text) if (char < ' ' && char !== '\n') throw malformed('a control character');
  return text;
}

function malformed(what: string): BoardError {
  return new BoardError('note-malformed', what);
}
