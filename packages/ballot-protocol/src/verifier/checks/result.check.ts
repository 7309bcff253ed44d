import { AllocationError } from '@talkoot/allocation';
import { isDeepStrictEqual } from 'node:util';
import { isBlank } from '../../ballot/ballot.ts';
import type { DecidingLeaves } from '../../counting/deciding.leaves.ts';
import type { Recount } from '../../counting/recount.ts';
import { allocationOf } from '../../counting/selection.ts';
import { tallyOf } from '../../counting/tally.ts';
import type { Manifest } from '../../manifest/manifest.shape.ts';
import { files } from '../../publication/files.ts';
import type { Result } from '../../publication/shapes.ts';
import type { Finding } from '../report.ts';

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
  result: NonNullable<Result>,
): Finding[] {
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
    expected = allocationOf(manifest, ballots, lot)?.selected.toSorted() ?? null;
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
