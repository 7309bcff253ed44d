import { bytesToHex, concatBytes } from '@noble/hashes/utils.js';
import { leafHash } from '../board/merkle.hash.ts';
import type { Replay } from '../board/root.replay.ts';
import { RootReplay } from '../board/root.replay.ts';
import type { SignedCheckpoint } from '../board/checkpoint.ts';
import { compareBytes } from '../bytes.order.ts';
import { leafLength, decodeLeaf } from '../cast/leaf.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { files } from '../publication/files.ts';
import type { Publication } from '../publication/publication.ts';
import { DecidingLeaves } from './deciding.leaves.ts';
import type { LeafOutcome } from './leaf.work.ts';
import { LeafWorkers } from './leaf.workers.ts';
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

export interface BoardQuestion {
  readonly binding: BindingManifest;
  /** The bytes of `manifest.json`. */
  readonly manifest: Uint8Array;
  readonly checkpoints: readonly SignedCheckpoint[];
  readonly secretKey: Uint8Array | null;
  /** Leaf hashes (hexadecimal) to look for. */
  readonly wanted: ReadonlySet<string>;
  /** Takes what is wrong with single leaves, as it is met. */
  readonly findings: Findings;
  /** Told after every batch how many leaves were read. */
  readonly onLeaves?: ((leaves: number) => void) | undefined;
}

const leavesInBatch = 256;

/** Reads the board once, from its first leaf to its last, on all cores, a bounded number of leaves at a time. */
export async function readBoard(publication: Publication, question: BoardQuestion): Promise<BoardReading> {
  const { manifest, secretKey, onLeaves } = question;
  const workers = new LeafWorkers({ manifest, secretKey });
  const reading = new Reading(question);
  const waiting: { batch: Uint8Array; outcome: Promise<LeafOutcome> }[] = [];
  const takeFirst = async () => {
    const { batch, outcome } = waiting.shift()!;
    reading.take(batch, await outcome);
    onLeaves?.(reading.leaves);
  };
  try {
    for await (const batch of batches(publication, leavesInBatch * leafLength(question.binding.manifest))) {
      waiting.push({ batch, outcome: workers.run(batch) });
      if (waiting.length > 2 * workers.threads) await takeFirst();
    }
    while (waiting.length > 0) await takeFirst();
  } finally {
    // A failure leaves work behind whose outcome nobody awaits any more.
    for (const { outcome } of waiting) outcome.catch(() => undefined);
    await workers.end();
  }
  return reading.end();
}

/** The board in pieces of `size` bytes; the last one may be shorter. */
async function* batches(publication: Publication, size: number): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of publication.stream(files.board)) {
    rest = rest.length === 0 ? chunk : concatBytes(rest, chunk);
    let at = 0;
    for (; rest.length - at >= size; at += size) yield rest.slice(at, at + size);
    rest = rest.subarray(at);
  }
  if (rest.length > 0) yield rest.slice();
}

/** What has been read so far. */
class Reading {
  readonly #manifest: BindingManifest['manifest'];
  readonly #replay: RootReplay;
  /** Sizes at which a batch ends. */
  readonly #ends: ReadonlySet<number>;
  readonly #wanted: ReadonlySet<string>;
  #before: Uint8Array = new Uint8Array();
  readonly #found = new Map<string, number>();
  readonly #findings: Findings;
  readonly #deciding = new DecidingLeaves();
  #leaves = 0;

  constructor({ binding, manifest, checkpoints, wanted, findings }: BoardQuestion) {
    this.#findings = findings;
    for (const check of ['certificates', 'signatures', 'sequences'] as const) findings.add(check);
    this.#manifest = binding.manifest;
    this.#replay = new RootReplay(checkpoints);
    this.#ends = new Set(checkpoints.map(({ size }) => size));
    this.#wanted = wanted;
    this.#append(leafHash(manifest));
  }

  get leaves(): number {
    return this.#leaves;
  }

  take(batch: Uint8Array, { refusals, hashes, opened, plaintexts }: LeafOutcome): void {
    const { length } = this.#manifest.ballot;
    const leafBytes = leafLength(this.#manifest);
    const refused = new Map(refusals.map(({ place, refusal }) => [place, refusal]));
    for (const [place, isOpen] of opened.entries()) {
      this.#leaves += 1;
      const bytes = batch.subarray(place * leafBytes, (place + 1) * leafBytes);
      const hash = hashes.slice(place * 32, (place + 1) * 32);
      this.#append(hash);
      const refusal = refused.get(place);
      if (refusal !== undefined) this.#refuse(refusal);
      const leaf = decodeLeaf(this.#manifest, bytes);
      if (leaf === undefined || refusal !== undefined) continue;
      const plaintext = isOpen === 1 ? plaintexts.slice(place * length, (place + 1) * length) : null;
      const counted = { sequence: leaf.sequence, hash, plaintext };
      if (!this.#deciding.take(leaf.publicKey, counted)) this.#note('sequences', 'sequence-repeated');
    }
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
