import { publishedSeeds } from '../../counting/lot.seeds.ts';
import type { LotSeeds } from '../../counting/lot.seeds.ts';
import type { Issuer } from '../../manifest/manifest.shape.ts';
import { files } from '../../publication/files.ts';
import type { Result } from '../../publication/shapes.ts';
import type { Finding } from '../report.ts';

/** The published seeds are those that open: each its issuer's of before the vote, or none if it was ill-sealed. */
export function checkLot(
  issuers: readonly Issuer[],
  opened: LotSeeds,
  { seeds }: NonNullable<Result>,
): Finding[] {
  const expected = publishedSeeds(opened);
  return issuers.flatMap(({ name }, place) =>
    seeds[place] === expected[place]
      ? []
      : [{ code: 'seed-differs', entry: `${files.result}: seed of ${name}` }],
  );
}
