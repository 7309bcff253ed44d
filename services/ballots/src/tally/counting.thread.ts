import { canonicalJson, compareBytes, readManifest } from '@talkoot/ballot-protocol';
import { countedVotes, countLeaves, decidedLeaves } from '@talkoot/ballot-protocol/counting';
import type { Count, CountedVote, LeafRecords, LotSeeds } from '@talkoot/ballot-protocol/counting';
import { csvOf, pabulibOf } from './ballots.export.ts';
import type { Exported } from './ballots.export.ts';

/** What a thread is given to count. */
export interface Counting {
  /** The bytes of `manifest.json`. */
  readonly manifest: Uint8Array;
  readonly leaves: LeafRecords;
  readonly seeds: LotSeeds;
  readonly poll: Exported;
}

/** What it made of it. */
export interface Counted extends Pick<Count, 'result' | 'rejected' | 'allocation'> {
  /** Of the counted ballots, ascending by leaf hash, in pieces. */
  readonly csv: readonly Uint8Array[];
  /** The same as a Pabulib file; null where the poll allocates nothing. */
  readonly pabulib: Uint8Array | null;
  /** The options as the lot ordered them, in JSON: what decides that file's ties. Null where it is. */
  readonly lot: Uint8Array | null;
}

/** All of a count that takes seconds where many vote for many projects. */
export function countRecords({ manifest, leaves, seeds, poll }: Counting): Counted {
  const binding = readManifest(manifest);
  const deciding = decidedLeaves(leaves);
  const { result, rejected, lot, allocation } = countLeaves(binding, deciding, seeds);
  const votes = [...countedVotes(binding.manifest, deciding)].toSorted((a, b) =>
    compareBytes(a.hash, b.hash),
  );
  const selected = allocation?.selected ?? [];
  return {
    result,
    rejected,
    allocation,
    ...exportsOf(poll, { votes, selected, lot }),
  };
}

/** What exports say of the count itself. */
interface Decided {
  /** Ascending by leaf hash. */
  readonly votes: readonly CountedVote[];
  readonly selected: readonly string[];
  /** All options in the order drawn; null where nobody may know the seeds. */
  readonly lot: readonly string[] | null;
}

export function exportsOf(
  poll: Exported,
  { votes, selected, lot }: Decided,
): Pick<Counted, 'csv' | 'pabulib' | 'lot'> {
  const isAllocating = poll.kind === 'prioritisation';
  return {
    csv: [...inPieces(csvOf(poll, votes))],
    pabulib: isAllocating ? Buffer.from(pabulibOf(poll, selected, votes)) : null,
    lot: isAllocating && lot !== null ? canonicalJson(lot) : null,
  };
}

const linesInPiece = 10_000;

function* inPieces(lines: Iterable<string>): Generator<Uint8Array> {
  let waiting: string[] = [];
  for (const line of lines) {
    waiting.push(line);
    if (waiting.length < linesInPiece) continue;
    yield Buffer.from(waiting.join(''));
    waiting = [];
  }
  if (waiting.length > 0) yield Buffer.from(waiting.join(''));
}
