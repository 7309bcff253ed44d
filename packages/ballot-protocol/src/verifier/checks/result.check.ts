import { allocate, AllocationError } from '@talkoot/allocation';
import type { AllocationRule, CountedBallot } from '@talkoot/allocation';
import { bytesToHex } from '@noble/hashes/utils.js';
import { isDeepStrictEqual } from 'node:util';
import { isBlank } from '../../ballot/ballot.ts';
import type { Ballot, Rejection } from '../../ballot/ballot.ts';
import { decodeBallot } from '../../ballot/plaintext.ts';
import type { Manifest } from '../../manifest/manifest.shape.ts';
import { files } from '../../publication/files.ts';
import type { Result } from '../../publication/shapes.ts';
import { tallyOf } from '../../tally/tally.ts';
import type { CountedLeaf, DecidingLeaves } from '../deciding.leaves.ts';
import type { Finding } from '../report.ts';

/** What the deciding leaves turn out to be once they are opened. */
export interface Recount {
  readonly ballots: readonly Ballot[];
  /** By leaf hash, hexadecimal. */
  readonly rejected: ReadonlyMap<string, Rejection>;
}

/** Decodes every deciding leaf. */
export function recount(manifest: Manifest, deciding: Iterable<CountedLeaf>): Recount {
  const ballots: Ballot[] = [];
  const rejected = new Map<string, Rejection>();
  for (const { hash, plaintext } of deciding) {
    const decoded = decodeBallot(manifest, plaintext ?? undefined);
    if ('ballot' in decoded) ballots.push(decoded.ballot);
    else rejected.set(bytesToHex(hash), decoded.rejection);
  }
  return { ballots, rejected };
}

/** The published rejections are those that follow from the rules, each with its reason. */
export function checkRejections({ rejected }: Recount, result: NonNullable<Result>): Finding[] {
  const published = new Map(result.rejected.map(({ leaf, reason }) => [leaf, reason]));
  const entryOf = (leaf: string) => `${files.result}: ${leaf}`;
  const missing = [...rejected.keys()].filter((leaf) => !published.has(leaf));
  const wrong = [...published].filter(([leaf, reason]) => rejected.get(leaf) !== reason);
  const order = result.rejected.map(({ leaf }) => leaf);
  const isOrdered = isDeepStrictEqual(order, [...new Set(order)].toSorted());
  return [
    ...missing.map((leaf) => ({ code: 'rejection-missing', entry: entryOf(leaf) })),
    ...wrong.map(([leaf]) => ({ code: 'rejection-unfounded', entry: entryOf(leaf) })),
    ...(isOrdered ? [] : [{ code: 'rejections-unordered', entry: files.result }]),
  ];
}

/** The published numbers follow from the counted ballots. */
export function checkTally(
  manifest: Manifest,
  { ballots }: Recount,
  { replaced }: Pick<DecidingLeaves, 'replaced'>,
  result: Result | undefined,
): Finding[] {
  if (result === undefined) return [];
  if (result === null) return [{ code: 'result-missing', entry: files.result }];
  const numbers = { counted: ballots.length, blank: ballots.filter(isBlank).length, replaced };
  const differing = Object.entries(numbers).filter(
    ([name, number]) => result[name as keyof typeof numbers] !== number,
  );
  const problems = differing.map(([name]) => ({ code: 'number-differs', entry: `${files.result}: ${name}` }));
  const tally = tallyOf(manifest, ballots);
  if (!isDeepStrictEqual(tally, result.tally))
    problems.push({ code: 'tally-differs', entry: tallyEntry(tally, result) });
  return problems;
}

function tallyEntry(tally: ReturnType<typeof tallyOf>, { tally: published }: NonNullable<Result>): string {
  const option = tally.options.find((one, place) => !isDeepStrictEqual(one, published.options[place]));
  return option ? `${files.result}: ${option.option}` : files.result;
}

/** The published selection follows from the counted ballots, the rule and the lot. */
export function checkAllocation(
  manifest: Manifest,
  { ballots }: Recount,
  lot: readonly string[],
  { selected }: NonNullable<Result>,
): Finding[] {
  let expected: string[] | null;
  try {
    expected = selectedBy(manifest, ballots, lot);
  } catch (error) {
    if (!(error instanceof AllocationError)) throw error;
    return [{ code: error.code, entry: `${files.manifest}: allocation` }];
  }
  if (isDeepStrictEqual(expected, selected)) return [];
  const differing = [...(expected ?? []), ...(selected ?? [])].find(
    (id) => !(expected?.includes(id) && selected?.includes(id)),
  );
  return [{ code: 'selection-differs', entry: differing ? `${files.result}: ${differing}` : files.result }];
}

/**
 * What counted ballots fund by the rule of the manifest, ascending; null where the poll allocates nothing.
 * @throws AllocationError
 */
export function selectedBy(
  { ballot, allocation }: Manifest,
  ballots: readonly Ballot[],
  lot: readonly string[],
): string[] | null {
  if (allocation === null || ballot.type === 'yes-no' || ballot.type === 'bonus') return null;
  const { budget, ...rule } = allocation;
  const idOf = (place: number) => ballot.options[place]!.id;
  const { selected } = allocate({
    budget,
    projects: ballot.options,
    ballotType: ballot.type === 'points' ? 'points' : 'approval',
    ballots: ballots.map((one) => choicesOf(one, idOf)),
    rule: rule as AllocationRule,
    lot,
  });
  return selected.toSorted();
}

function choicesOf(ballot: Ballot, idOf: (place: number) => string): CountedBallot {
  if (ballot.type === 'points') {
    return {
      choices: ballot.points.map(({ place }) => idOf(place)),
      points: ballot.points.map(({ points }) => points),
    };
  }
  return { choices: 'places' in ballot ? ballot.places.map(idOf) : [] };
}
