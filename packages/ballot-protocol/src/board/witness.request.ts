import { utf8ToBytes } from '@noble/hashes/utils.js';
import { fromBase64, toBase64 } from './base64.ts';
import { BoardError } from './board.errors.ts';
import { parseCheckpoint } from './checkpoint.ts';
import type { SignedCheckpoint } from './checkpoint.ts';
import { hashLength } from './merkle.hash.ts';
import { noteText } from './note.ts';
import type { NoteSignature } from './note.ts';
import { cosignedAt, keyIdOf } from './note.key.ts';
import type { CheckpointPolicy } from './witness.policy.ts';
import type { WitnessRequest } from './witness.decision.ts';

/** Most hashes a consistency proof of a request may have. */
const mostHashes = 63;
const oldLine = /^old (0|[1-9][0-9]{0,15})$/;

/**
 * Reads the body of an add-checkpoint request (C2SP tlog-witness): the old size, the hashes of the proof, an
 * empty line, the checkpoint.
 * @throws BoardError `request-malformed`, and as `parseCheckpoint`
 */
export function parseWitnessRequest(bytes: Uint8Array): WitnessRequest {
  const end = blankLine(bytes);
  const [first = '', ...lines] = String.fromCharCode(...bytes.subarray(0, end)).split('\n');
  const oldSize = Number(oldLine.exec(first)?.[1]);
  if (!Number.isSafeInteger(oldSize) || lines.length > mostHashes)
    throw malformed('the old size or the proof');
  const proof = lines.map((line) => {
    const hash = fromBase64(line);
    if (hash?.length !== hashLength) throw malformed('a hash of the proof');
    return hash;
  });
  return { oldSize, proof, checkpoint: parseCheckpoint(bytes.subarray(end + 2)) };
}

/** The body of an add-checkpoint request: what `parseWitnessRequest` reads. */
export function encodeWitnessRequest({
  oldSize,
  proof,
  checkpoint,
}: WitnessRequest): Uint8Array<ArrayBuffer> {
  const hashes = proof.map((hash) => `${toBase64(hash)}\n`).join('');
  return utf8ToBytes(`old ${oldSize}\n${hashes}\n${noteText(checkpoint.note)}`);
}

/**
 * Adds the cosignatures of a witness's answer to a checkpoint. Lines of unknown keys, and of keys that have
 * signed already, are left out.
 * @throws BoardError `signature-invalid` for a line of a witness that does not hold; `key-invalid`
 */
export function addCosignatures(
  checkpoint: SignedCheckpoint,
  lines: readonly NoteSignature[],
  { witnesses, verify }: Pick<CheckpointPolicy, 'witnesses' | 'verify'>,
): SignedCheckpoint {
  const { text, signatures } = checkpoint.note;
  const is = (name: string, keyId: number) => (line: NoteSignature) =>
    line.name === name && line.keyId === keyId;
  const added = witnesses.flatMap((witness) => {
    const ofWitness = is(witness.name, keyIdOf(witness, 'witness'));
    const line = signatures.some(ofWitness) ? undefined : lines.find(ofWitness);
    if (line === undefined) return [];
    cosignedAt({ text, signatures: [line] }, witness, verify);
    return [line];
  });
  return { ...checkpoint, note: { text, signatures: [...signatures, ...added] } };
}

/** Where the first empty line is; what stands before it can only be short. */
function blankLine(bytes: Uint8Array): number {
  const most = Math.min(bytes.length, 2 * mostHashes * 45);
  for (let at = 0; at < most; at++) if (bytes[at] === 10 && bytes[at + 1] === 10) return at;
  throw malformed('no empty line before the checkpoint');
}

function malformed(what: string): BoardError {
  return new BoardError('request-malformed', what);
}
