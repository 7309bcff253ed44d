import type { Allocation } from '@talkoot/allocation';
import { isBlank } from '../ballot/ballot.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { Result } from '../publication/shapes.ts';
import type { DecidedLeaves } from './deciding.leaves.ts';
import { optionsByLot, publishedSeeds } from './lot.seeds.ts';
import type { LotSeeds } from './lot.seeds.ts';
import { recount } from './recount.ts';
import type { Recount } from './recount.ts';
import { allocationOf } from './selection.ts';
import { tallyOf } from './tally.ts';

/** Everything that follows from the deciding leaves of a poll. */
export interface Count extends Recount {
  /** What `result.json` says. */
  readonly result: NonNullable<Result>;
  /** All options in the order drawn. */
  readonly lot: readonly string[];
  /** Null where the poll allocates nothing. */
  readonly allocation: Allocation | null;
}

/**
 * Counts a poll; the same leaves in any order give the same result.
 * @param seeds of the lot, as `openLotSeeds` opens them
 * @throws AllocationError
 */
export function countLeaves(binding: BindingManifest, deciding: DecidedLeaves, seeds: LotSeeds): Count {
  const { manifest } = binding;
  const { ballots, rejected } = recount(manifest, deciding);
  const lot = optionsByLot(binding, seeds);
  const allocation = allocationOf(manifest, ballots, lot);
  const result = {
    counted: ballots.length,
    blank: ballots.filter(isBlank).length,
    replaced: deciding.replaced,
    rejected: [...rejected]
      .map(([leaf, reason]) => ({ leaf, reason }))
      .toSorted((a, b) => (a.leaf < b.leaf ? -1 : 1)),
    tally: tallyOf(manifest, ballots),
    seeds: publishedSeeds(seeds),
    selected: allocation && allocation.selected.toSorted(),
  };
  return { ballots, rejected, lot, allocation, result };
}
