import type { PollResult, TallyOutcome } from '@talkoot/api-contracts/ballots';
import { canonicalJson, combineShares, compareBytes, readManifest } from '@talkoot/ballot-protocol';
import type { BindingManifest } from '@talkoot/ballot-protocol';
import {
  countedVotes,
  countLeaves,
  DecidingLeaves,
  files as names,
  openLeaves,
  openLotSeeds,
} from '@talkoot/ballot-protocol/counting';
import type { Count, CountedVote, Release } from '@talkoot/ballot-protocol/counting';
import { DomainError } from '@talkoot/http-service';
import type { Ballots } from '../ballots.ts';
import type { ReleasedShare } from '../key/key.ts';
import { isClosed } from '../poll/poll.ts';
import type { Poll } from '../poll/poll.ts';
import type { Content, StoredFile } from '../publication/file.store.ts';
import { csvOf, exportNames, pabulibOf } from './ballots.export.ts';
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
  const written = await writeAll(parts, poll, { release: null, result: null, votes: [], selected: [] });
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
  const counted = countLeaves(binding, deciding, openLotSeeds(binding.manifest, secretKey));
  const written = await writeAll(parts, poll, {
    release: { shares: [...shares] },
    result: counted.result,
    votes: [...countedVotes(binding.manifest, deciding)].toSorted((a, b) => compareBytes(a.hash, b.hash)),
    selected: counted.allocation?.selected ?? [],
  });
  return { result: resultOf(poll, counted), written };
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

interface Findings {
  readonly release: Release;
  readonly result: Count['result'] | null;
  /** Ascending by leaf hash. */
  readonly votes: readonly CountedVote[];
  readonly selected: readonly string[];
}

/** What is published of the count itself, and the exports. */
function writeAll({ files }: Ballots, poll: Poll, found: Findings): Promise<StoredFile[]> {
  const { release, result, votes, selected } = found;
  const pabulib: Content[] =
    poll.kind === 'prioritisation' ? [[exportNames.pabulib, [pabulibOf(poll, selected, votes)]]] : [];
  return files.write(poll.pollId, [
    [names.release, [canonicalJson(release)]],
    [names.result, [canonicalJson(result)]],
    [exportNames.csv, csvOf(poll, votes)],
    ...pabulib,
  ]);
}
