import { bytesToHex } from '@noble/hashes/utils.js';
import type { Replay } from '../board/root.replay.ts';
import { RootReplay } from '../board/root.replay.ts';
import { leafLength } from '../cast/leaf.ts';
import { DecidingLeaves } from '../counting/deciding.leaves.ts';
import { openLeaves } from '../counting/leaf.opening.ts';
import type { OpenedLeaf } from '../counting/leaf.opening.ts';
import { leafHash, nodeHash } from '../node/merkle.hash.ts';
import { bounds } from '../publication/bounds.ts';
import { files } from '../publication/files.ts';
import { firstBytes } from '../publication/publication.ts';
import type { ArchivedCheckpoint } from './archive.reading.ts';
import type { Audit } from './audit.ts';
import { orderInBatches } from './batch.order.ts';
import { findingOf } from './file.reading.ts';
import type { CheckName, Findings } from './report.ts';

/** What one reading of the board tells. */
export interface BoardReading {
  readonly replay: Replay;
  /** Ballots: neither the manifest nor the closing record is among them. */
  readonly leaves: number;
  readonly deciding: DecidingLeaves;
  /** Of the leaf hashes asked for (hexadecimal), those that are there, and which leaf each is, counted from 1. */
  readonly found: ReadonlyMap<string, number>;
  /** Whether the closing record could be put where the final checkpoint has its last leaf. */
  readonly isClosed: boolean;
}

export interface BoardQuestion {
  /** The last one is final. */
  readonly checkpoints: readonly ArchivedCheckpoint[];
  /** The bytes of the closing record; null where there is none. */
  readonly closing: Uint8Array | null;
  /** The poll's; null where it was not released. */
  readonly secretKey: Uint8Array | null;
  /** Leaf hashes (hexadecimal) to look for. */
  readonly wanted: ReadonlySet<string>;
  /** Told after every batch how many leaves were read. */
  readonly onLeaves?: ((leaves: number) => void) | undefined;
}

/**
 * Reads the board once, from its first leaf to the last that the final checkpoint is over. What is wrong with single leaves
 * is noted as it is met.
 * @returns null where there is no board
 * @throws PublicationError `file-unreadable`
 */
export async function readBoard(audit: Audit, question: BoardQuestion): Promise<BoardReading | null> {
  const { publication, binding, bytes: manifest, findings } = audit;
  const { closing, checkpoints, secretKey, onLeaves } = question;
  const ballots = checkpoints.at(-1)!.size - 2;
  const most = Math.max(0, Math.min(ballots, bounds.ballots)) * leafLength(binding.manifest);
  const reading = new Reading(audit, question);
  try {
    const board = firstBytes(publication, files.board, most, () =>
      findings.add('board-root', [{ code: 'board-too-long', entry: files.board }]),
    );
    for await (const leaves of openLeaves(board, { binding, manifest, secretKey })) {
      for (const one of leaves) reading.take(one);
      onLeaves?.(reading.leaves);
    }
  } catch (error) {
    findings.add('board-root', [findingOf(error, files.board)]);
    return null;
  }
  for (const check of ['certificates', 'signatures', 'sequences'] as const) findings.add(check);
  return reading.end(reading.leaves === ballots ? closing : null);
}

/** What has been read so far. */
class Reading {
  readonly #replay: RootReplay;
  readonly #orderOf: (hash: Uint8Array) => number;
  readonly #wanted: ReadonlySet<string>;
  readonly #found = new Map<string, number>();
  readonly #findings: Findings;
  readonly #deciding: DecidingLeaves;
  #leaves = 0;

  constructor({ binding, bytes, findings }: Audit, { checkpoints, wanted }: BoardQuestion) {
    this.#findings = findings;
    this.#replay = new RootReplay(checkpoints, nodeHash);
    this.#orderOf = orderInBatches(checkpoints);
    this.#wanted = wanted;
    this.#deciding = new DecidingLeaves(binding.manifest.ballot.length);
    this.#replay.append(leafHash(bytes));
  }

  get leaves(): number {
    return this.#leaves;
  }

  take({ hash, leaf, refusal, plaintext }: OpenedLeaf): void {
    this.#leaves += 1;
    this.#append(hash);
    if (refusal !== null) this.#refuse(refusal);
    if (leaf === null) return;
    const isNew = this.#deciding.take(leaf.publicKey, { sequence: leaf.sequence, hash, plaintext });
    if (!isNew) this.#note('sequences', 'sequence-repeated');
  }

  /** @param closing the closing record: it ascends from nothing */
  end(closing: Uint8Array | null): BoardReading {
    if (closing) this.#replay.append(leafHash(closing));
    return {
      replay: this.#replay.finish(),
      leaves: this.#leaves,
      deciding: this.#deciding,
      found: this.#found,
      isClosed: closing !== null,
    };
  }

  #append(hash: Uint8Array): void {
    this.#replay.append(hash);
    if (this.#orderOf(hash) >= 0) this.#note('checkpoints', 'batch-unsorted');
    if (this.#wanted.size === 0) return;
    const text = bytesToHex(hash);
    if (this.#wanted.has(text) && !this.#found.has(text)) this.#found.set(text, this.#leaves);
  }

  #refuse(refusal: string): void {
    this.#note(refusal.endsWith('certificate-invalid') ? 'certificates' : 'signatures', refusal);
  }

  #note(check: CheckName, code: string): void {
    this.#findings.add(check, [{ code, entry: `${files.board}#${this.#leaves}` }]);
  }
}
