import { leafLength } from '../cast/leaf.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';

const mebibyte = 1024 * 1024;
/** Most complaints that a board keeps. */
const mostComplaints = 11_000;

/** Most bytes of each file of a publication, and most ballots of a board (PROTOCOL §7): nothing is read beyond. */
export const bounds = {
  manifest: 16 * mebibyte,
  ballots: 10_000_000,
  archive: 256 * mebibyte,
  closing: 1_024,
  release: mebibyte,
  desks: 16 * mebibyte,
  complaints: (manifest: Manifest) => mostComplaints * (2 * leafLength(manifest) + 256),
  result: (ballots: number) => 16 * mebibyte + 128 * ballots,
} as const;
