import { allocate } from '@talkoot/allocation';
import type { Allocation, AllocationRule, CountedBallot } from '@talkoot/allocation';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Ballot } from '../ballot/ballot.ts';
import { lotCommitment, lotOrder, lotSeed } from '../lot/lot.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { Issuer, Manifest } from '../manifest/manifest.shape.ts';

/** Seeds of the lot, 32 bytes each, in the order of the issuers. */
export type LotSeeds = readonly [Uint8Array, Uint8Array];

/**
 * What counted ballots fund by the rule of the manifest, and why; null where the poll allocates nothing.
 * @param lot all options in the order drawn
 * @throws AllocationError
 */
export function allocationOf(
  { ballot, allocation }: Pick<Manifest, 'ballot' | 'allocation'>,
  ballots: readonly Ballot[],
  lot: readonly string[],
): Allocation | null {
  if (allocation === null || ballot.type === 'yes-no' || ballot.type === 'bonus') return null;
  const { budget, ...rule } = allocation;
  const idOf = (place: number) => ballot.options[place]!.id;
  return allocate({
    budget,
    projects: ballot.options,
    ballotType: ballot.type === 'points' ? 'points' : 'approval',
    ballots: ballots.map((one) => choicesOf(one, idOf)),
    rule: rule as AllocationRule,
    lot,
  });
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

/** All options of a poll in the order drawn by lot. */
export function optionsByLot({ manifest, m }: BindingManifest, [first, second]: LotSeeds): string[] {
  const ids = manifest.ballot.options.map(({ id }) => id);
  return lotOrder(lotSeed(m, first, second), ids);
}

/** The issuers whose seed is not the one that the manifest has a commitment to. */
export function uncommittedSeeds(
  { lot, issuers }: Pick<Manifest, 'lot' | 'issuers'>,
  seeds: LotSeeds,
): Issuer[] {
  return issuers.filter((_, place) => bytesToHex(lotCommitment(seeds[place]!)) !== lot[place]);
}
