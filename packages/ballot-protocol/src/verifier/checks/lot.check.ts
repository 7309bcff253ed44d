import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { lotCommitment, lotOrder, lotSeed } from '../../lot/lot.ts';
import type { BindingManifest } from '../../manifest/manifest.read.ts';
import { files } from '../../publication/files.ts';
import type { Finding } from '../report.ts';

/** The seeds are those that both issuers had committed to. @returns all options in the order drawn */
export function checkLot(
  { manifest, m }: BindingManifest,
  seeds: readonly [string, string],
): { readonly order: readonly string[]; readonly problems: readonly Finding[] } {
  const [first, second] = [hexToBytes(seeds[0]), hexToBytes(seeds[1])];
  const problems = [first, second].flatMap((seed, place) =>
    bytesToHex(lotCommitment(seed)) === manifest.lot[place]
      ? []
      : [{ code: 'seed-differs', entry: `${files.release}: seed of ${manifest.issuers[place]!.name}` }],
  );
  const ids = manifest.ballot.options.map(({ id }) => id);
  return { order: lotOrder(lotSeed(m, first, second), ids), problems };
}
