import type { Manifest } from '../../manifest/manifest.shape.ts';
import { files } from '../../publication/files.ts';
import type { Finding } from '../report.ts';

/** Nobody voted without a certificate of each issuer, and no issuer certified more than its roll has. */
export function checkNumbers(
  { issuers }: Manifest,
  keys: number,
  issued: readonly (number | null)[],
): Finding[] {
  return issuers.flatMap(({ name, rollSize }, place) => {
    const number = issued[place];
    if (number === null || number === undefined) return [];
    return [
      ...(keys > number ? [{ code: 'more-voters-than-certificates', entry: files.issuance(name) }] : []),
      ...(number > rollSize ? [{ code: 'more-certificates-than-entries', entry: files.issuance(name) }] : []),
    ];
  });
}
