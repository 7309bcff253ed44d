import {
  BoardError,
  cosignNote,
  decideCosigning,
  keyIdOf,
  noteText,
  parseWitnessRequest,
  signatureLine,
} from '@talkoot/ballot-protocol';
import type { NoteKey, NoteSignature, WitnessDecision, WitnessRequest } from '@talkoot/ballot-protocol';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { watchedAs } from '../logs/watched.ts';
import type { Witness } from '../witness.ts';

/** Times that a request is decided anew because another one of the same log came first. */
const mostTries = 5;

type Refusal = Extract<WitnessDecision, { outcome: 'refuse' }>;

/**
 * Answers an add-checkpoint request with the witness's signature line. What it then remembers of the log is durable
 * before the line leaves.
 * @throws DomainError as `addCheckpoint` of `witnessApi` says
 */
export async function cosign(witness: Witness, body: string, log: Logger): Promise<string> {
  const request = requestIn(body);
  for (let tries = 0; tries < mostTries; tries += 1) {
    const line = await tryToCosign(witness, request, log);
    if (line !== undefined) return signatureLine(line);
  }
  throw new DomainError('unavailable', 'Too many checkpoints of this log at once');
}

async function tryToCosign(
  witness: Witness,
  request: WitnessRequest,
  log: Logger,
): Promise<NoteSignature | undefined> {
  const { origin, note } = request.checkpoint;
  const entry = watchedAs(witness.logs, origin);
  if (!entry) throw new DomainError('unknown-log');
  const key = { name: origin, publicKey: entry.publicKey };
  const last = await witness.cosigned.present(origin);
  const decision = decideCosigning(request, { key, last }, verifySignature);
  if (decision.outcome === 'refuse') throw refusalOf(decision, request, log);
  const line = cosignNote(note.text, witness.name, witness.secretKey, Math.floor(witness.now() / 1000));
  const kept = noteText({ text: note.text, signatures: [lineOf(key, note.signatures), line] });
  const stored = await witness.cosigned.store(origin, entry, decision.replaces, {
    ...decision.record,
    note: kept,
  });
  if (stored === 'too-many-logs') throw new DomainError(stored);
  if (stored === 'overtaken') return undefined;
  witness.relay?.saw(origin);
  return line;
}

function requestIn(body: string): WitnessRequest {
  try {
    return parseWitnessRequest(Buffer.from(body));
  } catch (error) {
    if (error instanceof BoardError) throw new DomainError('request-malformed', error.message);
    throw error;
  }
}

/** What other keys signed is not kept: nobody has verified it. */
function lineOf(key: NoteKey, signatures: readonly NoteSignature[]): NoteSignature {
  const keyId = keyIdOf(key, 'log');
  return signatures.find((line) => line.name === key.name && line.keyId === keyId)!;
}

/** A log that contradicts what it signed before has signed the evidence, which therefore is logged. */
function refusalOf({ code, lastSize }: Refusal, { checkpoint }: WitnessRequest, log: Logger): DomainError {
  if (code === 'fork' || code === 'proof-invalid') {
    const evidence = { code, origin: checkpoint.origin, lastSize, note: noteText(checkpoint.note) };
    log.error(evidence, 'a log contradicts what was cosigned of it');
  }
  const tellsSize = code === 'rollback' || code === 'fork' || code === 'old-size-stale';
  return new DomainError(code, tellsSize ? String(lastSize) : undefined);
}
