import { utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64, toBase64 } from './base64.ts';
import { BoardError } from './board.errors.ts';
import { hashLength, requireHash } from './merkle.hash.ts';
import { requireSizes } from './merkle.node.ts';
import { isKeyName, noteText, parseNote } from './note.ts';
import type { Note } from './note.ts';
import { signNote } from './note.key.ts';

/** How a log stood at one moment: the root over its first `size` leaves. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Uint8Array;
}

/** A checkpoint and the note that says it. */
export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
}

const sizePattern = /^(?:0|[1-9][0-9]{0,15})$/;

/**
 * The text of a checkpoint's note: origin, size and root, a line each (C2SP tlog-checkpoint).
 * @throws BoardError `checkpoint-malformed` for an origin that is no key name, `size-invalid`, `hash-malformed`
 */
export function checkpointText({ origin, size, root }: Checkpoint): string {
  if (!isKeyName(origin)) throw new BoardError('checkpoint-malformed', 'the origin is no key name');
  requireSizes(size);
  requireHash(root);
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/**
 * A checkpoint signed by its log, whose key's name is the origin.
 * @param secretKey the 32-byte seed of the Ed25519 key
 * @throws BoardError as `checkpointText`
 */
export function signCheckpoint(checkpoint: Checkpoint, secretKey: Uint8Array): SignedCheckpoint {
  const text = checkpointText(checkpoint);
  const { origin, size, root } = checkpoint;
  return { origin, size, root, note: { text, signatures: [signNote(text, origin, secretKey)] } };
}

/**
 * Reads a checkpoint. Neither its origin nor its signatures are checked yet: see `requireStanding`.
 * @throws BoardError `note-malformed`; `checkpoint-malformed` for more or less than the three lines
 */
export function parseCheckpoint(bytes: Uint8Array): SignedCheckpoint {
  const note = parseNote(bytes);
  const [origin = '', sizeLine = '', rootLine = '', ...rest] = note.text.split('\n');
  const root = fromBase64(rootLine);
  const number = Number(sizeLine);
  const whole = rest.length === 1 && rest[0] === '';
  if (!whole || !isKeyName(origin) || !sizePattern.test(sizeLine) || !Number.isSafeInteger(number)) {
    throw new BoardError('checkpoint-malformed', 'not exactly origin, size and root');
  }
  if (root?.length !== hashLength) throw new BoardError('checkpoint-malformed', 'the root is no hash');
  return { origin, size: number, root, note };
}

/**
 * Reads an archive: signed notes, each followed by a line of `%`. An empty archive has none.
 * @throws BoardError `archive-malformed`, and as `parseCheckpoint`
 */
export function parseArchive(bytes: Uint8Array): SignedCheckpoint[] {
  if (bytes.length === 0) return [];
  const text = decode(bytes);
  if (!text.endsWith(archiveEnd)) throw new BoardError('archive-malformed', 'no line of % at the end');
  return text
    .slice(0, -archiveEnd.length)
    .split(archiveEnd)
    .map((note) => parseCheckpoint(utf8ToBytes(`${note}\n`)));
}

/** An archive of checkpoints in the order given: what `parseArchive` reads. */
export function encodeArchive(checkpoints: readonly SignedCheckpoint[]): Uint8Array<ArrayBuffer> {
  return utf8ToBytes(checkpoints.map(({ note }) => `${noteText(note)}%\n`).join(''));
}

const archiveEnd = '\n%\n';

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw new BoardError('archive-malformed', 'not UTF-8', { cause: error });
  }
}
