import { hexToBytes } from '@noble/hashes/utils.js';
import { optionsByLot, uncommittedSeeds } from '../../counting/selection.ts';
import type { BindingManifest } from '../../manifest/manifest.read.ts';
import { files } from '../../publication/files.ts';
import type { Finding } from '../report.ts';

/** The seeds are those that both issuers had committed to. @returns all options in the order drawn */
export function checkLot(
  binding: BindingManifest,
  seeds: readonly [string, string],
): { readonly order: readonly string[]; readonly problems: readonly Finding[] } {
  const revealed = [hexToBytes(seeds[0]), hexToBytes(seeds[1])] as const;
  const problems = uncommittedSeeds(binding.manifest, revealed).map(({ name }) => ({
    code: 'seed-differs',
    entry: `${files.release}: seed of ${name}`,
  }));
  return { order: optionsByLot(binding, revealed), problems };
}
