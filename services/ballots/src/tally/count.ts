import type { PollResult, TallyOutcome } from '@talkoot/api-contracts/ballots';
import { canonicalJson, combineShares, compareBytes, readManifest } from '@talkoot/ballot-protocol';
import type { BindingManifest } from '@talkoot/ballot-protocol';
import {
  countLeaves,
  DecidingLeaves,
  files as names,
  openLeaves,
  optionsByLot,
  uncommittedSeeds,
} from '@talkoot/ballot-protocol/counting';
import type { Count, Release } from '@talkoot/ballot-protocol/counting';
import { DomainError } from '@talkoot/http-service';
import type { Ballots } from '../ballots.ts';
import type { ReleasedShare } from '../key/key.ts';
import { isClosed } from '../poll/poll.ts';
import type { Poll } from '../poll/poll.ts';
import type { StoredFile } from '../publication/file.store.ts';
import { csvOf, exportNames, pabulibOf } from './ballots.export.ts';
import { resultOf, resultWithout } from './result.ts';

/**
 * Counts a poll once, or records that nobody learns what its ballots say; repeating it answers the stored result.
 * @throws DomainError `not-found`, `poll-not-closed`, `key-not-released`, `issuers-differ`
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
  const seeds = await revealedSeeds(parts, binding, poll.pollId);
  const secretKey = combineShares(
    binding.manifest.key,
    shares.map(({ index, share }) => ({ index, share: Buffer.from(share, 'hex') })),
  );
  const deciding = new DecidingLeaves();
  const board = parts.board.leavesOf(poll.pollId);
  for await (const opened of openLeaves(board, { binding, manifest, secretKey })) {
    for (const { hash, leaf, plaintext } of opened) {
      if (leaf) deciding.take(leaf.publicKey, { sequence: leaf.sequence, hash, plaintext });
    }
  }
  const counted = countLeaves(binding.manifest, deciding, optionsByLot(binding, seeds));
  const written = await writeAll(parts, poll, {
    release: { shares: [...shares], seeds: [hexOf(seeds[0]), hexOf(seeds[1])] },
    result: counted.result,
    votes: counted.counted.toSorted((a, b) => compareBytes(a.hash, b.hash)),
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

/** @throws DomainError `issuers-differ` for a seed that its issuer had not committed to */
async function revealedSeeds({ issuers }: Ballots, { manifest }: BindingManifest, pollId: string) {
  const [first, second] = await Promise.all(
    issuers.map(async (issuer) => (await issuer.revealLotSeed({ params: { pollId } })).seed),
  );
  const seeds = [Buffer.from(first!, 'hex'), Buffer.from(second!, 'hex')] as const;
  const [liar] = uncommittedSeeds(manifest, seeds);
  if (liar)
    throw new DomainError('issuers-differ', `The seed of ${liar.name} is not the one it had committed to`);
  return seeds;
}

interface Findings {
  readonly release: Release;
  readonly result: Count['result'] | null;
  /** Ascending by leaf hash. */
  readonly votes: Count['counted'];
  readonly selected: readonly string[];
}

/** What is published of the count itself, and the exports. */
async function writeAll({ files }: Ballots, poll: Poll, found: Findings): Promise<StoredFile[]> {
  const write = (name: string, content: Iterable<Uint8Array>) => files.write(poll.pollId, name, content);
  const { release, result, votes, selected } = found;
  const written = [
    await write(names.release, [canonicalJson(release)]),
    await write(names.result, [canonicalJson(result)]),
    await write(exportNames.csv, inBytes(csvOf(poll, votes))),
  ];
  if (poll.kind !== 'prioritisation') return written;
  return [...written, await write(exportNames.pabulib, [Buffer.from(pabulibOf(poll, selected, votes))])];
}

function* inBytes(lines: Iterable<string>): Generator<Uint8Array> {
  for (const line of lines) yield Buffer.from(line);
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
