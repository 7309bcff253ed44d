import { equalBytes } from '@noble/curves/utils.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Issuer } from '../../manifest/manifest.shape.ts';
import { readRoll, RollError, rollHash } from '../../manifest/roll.commitment.ts';
import { files } from '../../publication/files.ts';
import type { Publication } from '../../publication/publication.ts';
import { wholeFile } from '../../publication/publication.ts';
import { findingOf } from '../file.reading.ts';
import type { ReadFile } from '../file.reading.ts';
import type { Finding } from '../report.ts';

/** An issuer's roll: its size, order and hash are those of the manifest. */
export async function readRollFile(
  publication: Publication,
  { name, rollSize, rollHash: expected }: Issuer,
): Promise<ReadFile<Uint8Array[]>> {
  const entry = files.roll(name);
  try {
    const bytes = await wholeFile(publication, entry, rollSize * 32);
    const problems: Finding[] = [];
    const value = readRoll(bytes);
    if (value.length !== rollSize) problems.push({ code: 'roll-size-differs', entry });
    if (!equalBytes(rollHash(bytes), hexToBytes(expected)))
      problems.push({ code: 'roll-hash-differs', entry });
    return { value, problems };
  } catch (error) {
    if (error instanceof RollError) return { value: undefined, problems: [{ code: error.code, entry }] };
    return { value: undefined, problems: [findingOf(error, entry)] };
  }
}
