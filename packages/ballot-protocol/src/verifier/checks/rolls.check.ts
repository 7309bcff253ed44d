import { equalBytes } from '@noble/curves/utils.js';
import { hexToBytes } from '@noble/hashes/utils.js';
import type { Issuer } from '../../manifest/manifest.shape.ts';
import { readRoll, RollError, rollHash } from '../../manifest/roll.commitment.ts';
import type { Roll } from '../../manifest/roll.commitment.ts';
import { files } from '../../publication/files.ts';
import { wholeFile } from '../../publication/publication.ts';
import type { Audit } from '../audit.ts';
import { findingOf } from '../file.reading.ts';
import type { Finding } from '../report.ts';

/** An issuer's roll: its size, order and hash are those of the manifest. @returns null where there is none */
export async function checkRoll(
  { publication, findings }: Audit,
  { name, rollSize, rollHash: expected }: Issuer,
): Promise<Roll | null> {
  const entry = files.roll(name);
  try {
    const bytes = await wholeFile(publication, entry, rollSize * 32);
    const roll = readRoll(bytes);
    const problems: Finding[] = [];
    if (roll.size !== rollSize) problems.push({ code: 'roll-size-differs', entry });
    if (!equalBytes(rollHash(bytes), hexToBytes(expected)))
      problems.push({ code: 'roll-hash-differs', entry });
    findings.add('rolls', problems);
    return roll;
  } catch (error) {
    findings.add('rolls', [
      error instanceof RollError ? { code: error.code, entry } : findingOf(error, entry),
    ]);
    return null;
  }
}
