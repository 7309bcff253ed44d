import { bytesToHex } from '@noble/hashes/utils.js';
import { leafHash } from '../board/merkle.hash.ts';
import type { Replay } from '../board/root.replay.ts';
import { RootReplay } from '../board/root.replay.ts';
import type { SignedCheckpoint } from '../board/checkpoint.ts';
import { compareBytes } from '../bytes.order.ts';
import { DecidingLeaves } from '../counting/deciding.leaves.ts';
import { openLeaves } from '../counting/leaf.opening.ts';
import type { OpenedLeaf, OpeningKeys } from '../counting/leaf.opening.ts';
import { files } from '../publication/files.ts';
import type { Publication } from '../publication/publication.ts';
import type { CheckName, Findings } from './report.ts';

/** What one reading of the board tells. */
export interface BoardReading {
  readonly replay: Replay;
  /** Ballots, the manifest not among them. */
  readonly leaves: number;
  readonly deciding: DecidingLeaves;
  /** Of the leaf hashes asked for (hexadecimal), those that are there, and which leaf each is, counted from 1. */
  readonly found: ReadonlyMap<string, number>;
}

export interface BoardQuestion extends OpeningKeys {
  readonly checkpoints: readonly SignedCheckpoint[];
  /** Leaf hashes (hexadecimal) to look for. */
  readonly wanted: ReadonlySet<string>;
  /** Takes what is wrong with single leaves, as it is met. */
  readonly findings: Findings;
  /** Told after every batch how many leaves were read. */
  readonly onLeaves?: ((leaves: number) => void) | undefined;
}

/** Reads the board once, from its first leaf to its last. */
export async function readBoard(publication: Publication, question: BoardQuestion): Promise<BoardReading> {
  const reading = new Reading(question);
  for await (const leaves of openLeaves(publication.stream(files.board), question)) {
    for (const one of leaves) reading.take(one);
    question.onLeaves?.(reading.leaves);
  }
  return reading.end();
}

/** What has been read so far. */
class Reading {
  readonly #replay: RootReplay;
  /** Sizes at which a batch ends. */
  readonly #ends: ReadonlySet<number>;
  readonly #wanted: ReadonlySet<string>;
  #before: Uint8Array = new Uint8Array();
  readonly #found = new Map<string, number>();
  readonly #findings: Findings;
  readonly #deciding = new DecidingLeaves();
  #leaves = 0;

  constructor({ manifest, checkpoints, wanted, findings }: BoardQuestion) {
    this.#findings = findings;
    for (const check of ['certificates', 'signatures', 'sequences'] as const) findings.add(check);
    this.#replay = new RootReplay(checkpoints);
    this.#ends = new Set(checkpoints.map(({ size }) => size));
    this.#wanted = wanted;
    this.#append(leafHash(manifest));
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

  end(): BoardReading {
    return {
      replay: this.#replay.finish(),
      leaves: this.#leaves,
      deciding: this.#deciding,
      found: this.#found,
    };
  }

  #append(hash: Uint8Array): void {
    this.#replay.append(hash);
    const isFirst = this.#leaves <= 1 || this.#ends.has(this.#leaves);
    if (!isFirst && compareBytes(this.#before, hash) >= 0) this.#note('checkpoints', 'batch-unsorted');
    this.#before = hash;
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
