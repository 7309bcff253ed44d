import type { PollResult, TallyOutcome } from '@talkoot/api-contracts/ballots';
import { canonicalJson, combineShares, readManifest } from '@talkoot/ballot-protocol';
import type { BindingManifest } from '@talkoot/ballot-protocol';
import { DecidingLeaves, files as names, openLeaves, openLotSeeds } from '@talkoot/ballot-protocol/counting';
import type { Release } from '@talkoot/ballot-protocol/counting';
import { DomainError } from '@talkoot/http-service';
import { Piscina } from 'piscina';
import type { Ballots } from '../ballots.ts';
import type { ReleasedShare } from '../key/key.ts';
import { ballotOf, isClosed } from '../poll/poll.ts';
import type { Poll } from '../poll/poll.ts';
import type { StoredFile } from '../publication/file.store.ts';
import { exportNames } from './ballots.export.ts';
import type { Exported } from './ballots.export.ts';
import { exportsOf } from './counting.thread.ts';
import type { Counted, Counting } from './counting.thread.ts';
import { resultOf, resultWithout } from './result.ts';

/**
 * Counts a poll once, or records that nobody learns what its ballots say; repeating it answers the stored result.
 * @throws DomainError `not-found`, `poll-not-closed`, `key-not-released`
 */
export async function tallyPoll(parts: Ballots, pollId: string, outcome: TallyOutcome): Promise<PollResult> {
  const { polls, gates, tallies, files } = parts;
  const poll = await polls.get(pollId);
  const before = await tallies.find(pollId);
  if (before) return before;
  // A board that can still grow would be counted without some that were promised to be on it.
  const isFinal = isClosed(poll.phase) && (await gates.stateOf(pollId)) === 'settled';
  if (!isFinal) throw new DomainError('poll-not-closed');
  const { result, written } = outcome === 'counted' ? await count(parts, poll) : await withhold(parts, poll);
  if (!(await tallies.put(result, written))) await files.remove(written);
  return (await tallies.find(pollId))!;
}

interface Tallied {
  readonly result: PollResult;
  readonly written: readonly StoredFile[];
}

async function withhold(parts: Ballots, poll: Poll): Promise<Tallied> {
  const written = await writeAll(parts, poll, null, {
    result: null,
    ...exportsOf(exported(poll), { votes: [], selected: [], lot: null }),
  });
  return { result: resultWithout(poll, 'withheld'), written };
}

async function count(parts: Ballots, poll: Poll): Promise<Tallied> {
  const manifest = Buffer.from(poll.manifest!);
  const binding = readManifest(manifest);
  const shares = await releasedShares(parts, binding, poll.pollId);
  const secretKey = combineShares(
    binding.manifest.key,
    shares.map(({ index, share }) => ({ index, share: Buffer.from(share, 'hex') })),
  );
  const deciding = new DecidingLeaves(binding.manifest.ballot.length);
  const board = parts.board.leavesOf(poll.pollId);
  for await (const opened of openLeaves(board, { binding, manifest, secretKey })) {
    for (const { hash, leaf, plaintext } of opened) {
      if (leaf) deciding.take(leaf.publicKey, { sequence: leaf.sequence, hash, plaintext });
    }
  }
  const counted = await countBeside({
    manifest,
    leaves: deciding.records(),
    seeds: openLotSeeds(binding.manifest, secretKey),
    poll: exported(poll),
  });
  const written = await writeAll(parts, poll, { shares: [...shares] }, counted);
  return { result: resultOf(poll, counted), written };
}

/** In a thread of its own: the service goes on taking ballots of other polls meanwhile. */
async function countBeside(counting: Counting): Promise<Counted> {
  const filename = new URL('counting.worker.ts', import.meta.url).href;
  const thread = new Piscina<Counting, Counted>({ filename, minThreads: 1, maxThreads: 1 });
  try {
    return await thread.run(counting, { transferList: counting.leaves.pieces.map(({ buffer }) => buffer) });
  } finally {
    await thread.destroy();
  }
}

/** Exactly as many shares as open the ballots: those of the first trustees who released theirs, by index. */
async function releasedShares(
  { keys }: Ballots,
  { manifest }: BindingManifest,
  pollId: string,
): Promise<readonly ReleasedShare[]> {
  const { shares } = await keys.find(pollId);
  const { threshold } = manifest.key;
  if (shares.length < threshold) throw new DomainError('key-not-released');
  return shares.toSorted((a, b) => a.index - b.index).slice(0, threshold);
}

const exported = (poll: Poll): Exported => {
  const { pollId, municipalityId, kind, options, budget, allocation } = poll;
  return { pollId, municipalityId, kind, ballot: ballotOf(poll), options, budget, allocation };
};

type Exports = Pick<Counted, 'csv' | 'pabulib' | 'lot'>;

/** What is published of the count itself, and the exports. */
function writeAll(
  { files }: Ballots,
  { pollId }: Poll,
  release: Release,
  { result, csv, pabulib, lot }: Exports & { readonly result: Counted['result'] | null },
): Promise<StoredFile[]> {
  return files.write(pollId, [
    [names.release, [canonicalJson(release)]],
    [names.result, [canonicalJson(result)]],
    [exportNames.csv, csv],
    ...(pabulib ? [[exportNames.pabulib, [pabulib]] as const] : []),
    ...(lot ? [[exportNames.lot, [lot]] as const] : []),
  ]);
}
