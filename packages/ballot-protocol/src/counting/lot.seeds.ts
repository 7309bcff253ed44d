import { equalBytes } from '@noble/curves/utils.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { lotCommitment, lotOrder, lotSeed } from '../lot/lot.ts';
import { seedSealInfo } from '../lot/lot.seal.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { Manifest, SealedSeed } from '../manifest/manifest.shape.ts';
import { hpkeOpener } from '../node/seal.ts';
import type { Result } from '../publication/shapes.ts';

/** Seeds of the lot, 32 bytes each, in the order of the issuers; null for one that was ill-sealed. */
export type LotSeeds = readonly [Uint8Array | null, Uint8Array | null];

/** Opens both seeds of a poll's lot with its secret key. Never throws, whatever was sealed. */
export function openLotSeeds(
  { lot: [first, second] }: Pick<Manifest, 'lot'>,
  secretKey: Uint8Array,
): LotSeeds {
  const open = hpkeOpener(secretKey, seedSealInfo);
  return [seedIn(first, open), seedIn(second, open)];
}

function seedIn({ commitment, sealed }: SealedSeed, open: ReturnType<typeof hpkeOpener>): Uint8Array | null {
  const committed = hexToBytes(commitment);
  const seed = open(hexToBytes(sealed), committed);
  return seed !== undefined && equalBytes(lotCommitment(seed), committed) ? seed : null;
}

/** All options of a poll in the order drawn by lot. A seed that was ill-sealed counts as zeros: its issuer gave up its say. */
export function optionsByLot({ manifest, m }: BindingManifest, [first, second]: LotSeeds): string[] {
  const ids = manifest.ballot.options.map(({ id }) => id);
  return lotOrder(lotSeed(m, first ?? zeros, second ?? zeros), ids);
}

/** The seeds as `result.json` has them. */
export function publishedSeeds([first, second]: LotSeeds): NonNullable<Result>['seeds'] {
  return [first && bytesToHex(first), second && bytesToHex(second)];
}

const zeros = new Uint8Array(32);
