import { issuanceFirstLeaf, issuanceOrigin } from '../../board/issuance.log.ts';
import { RootReplay } from '../../board/root.replay.ts';
import type { Roll } from '../../manifest/roll.commitment.ts';
import type { Issuer } from '../../manifest/manifest.shape.ts';
import { verifySignature } from '../../node/ed25519.ts';
import { leafHash, nodeHash } from '../../node/merkle.hash.ts';
import { files } from '../../publication/files.ts';
import { firstBytes } from '../../publication/publication.ts';
import { policyOf } from '../../board/witness.policy.ts';
import { readArchive } from '../archive.reading.ts';
import type { ArchivedCheckpoint } from '../archive.reading.ts';
import type { Audit } from '../audit.ts';
import { orderInBatches } from '../batch.order.ts';
import { findingOf } from '../file.reading.ts';

const width = 32;
const checks = { archive: 'issuances', witnesses: 'issuances' } as const;

/**
 * An issuer's log of issuances: witnessed, of distinct entries of its roll, in batches that hide who came first.
 * @param roll null where it could not be read
 * @returns how many there are, null where nobody knows
 */
export async function checkIssuance(audit: Audit, issuer: Issuer, roll: Roll | null): Promise<number | null> {
  const { manifest } = audit.binding;
  const origin = issuanceOrigin(manifest.board.origin, issuer.name);
  const checkpoints = await readArchive(audit, {
    name: files.issuanceCheckpoints(issuer.name),
    policy: policyOf(manifest, { name: origin, publicKey: issuer.logKey }, verifySignature),
    checks,
  });
  return checkpoints && readLog(audit, { issuer, roll, checkpoints });
}

interface Log {
  readonly issuer: Issuer;
  readonly roll: Roll | null;
  readonly checkpoints: readonly ArchivedCheckpoint[];
}

async function readLog(
  { publication, binding, findings }: Audit,
  { issuer: { name, rollSize }, roll, checkpoints }: Log,
): Promise<number | null> {
  const [file, archive] = [files.issuance(name), files.issuanceCheckpoints(name)];
  const note = (code: string, entry: string) => findings.add('issuances', [{ code, entry }]);
  const { size } = checkpoints.at(-1)!;
  const replay = new RootReplay(checkpoints, nodeHash);
  replay.append(leafHash(issuanceFirstLeaf(binding.m, name)));
  const unused = roll && new Unused(roll);
  const orderOf = orderInBatches(checkpoints);
  let number = 0;
  try {
    // More than the roll has twice over is told enough by that many faults.
    const most = Math.max(0, Math.min(size - 1, 2 * rollSize + 1)) * width;
    const log = firstBytes(publication, file, most, () => note('log-too-long', file));
    for await (const entry of entriesIn(log)) {
      number += 1;
      replay.append(leafHash(entry));
      const fault = entry.length === width ? unused?.take(entry) : 'entry-malformed';
      if (fault) note(fault, `${file}#${number}`);
      // An entry that comes twice is told of as such.
      if (orderOf(entry) > 0) note('batch-unsorted', `${file}#${number}`);
    }
  } catch (error) {
    findings.add('issuances', [findingOf(error, file)]);
    return null;
  }
  for (const { code, position } of replay.finish().problems) note(code, `${archive}#${position + 1}`);
  return number;
}

async function* entriesIn(log: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const piece of log) {
    rest = Buffer.concat([rest, piece]);
    const whole = rest.length - (rest.length % width);
    for (let at = 0; at < whole; at += width) yield rest.subarray(at, at + width);
    rest = rest.subarray(whole);
  }
  if (rest.length > 0) yield rest;
}

/** Which entries of a roll no certificate was issued for yet. */
class Unused {
  readonly #roll: Roll;
  readonly #taken: Uint8Array;

  constructor(roll: Roll) {
    this.#roll = roll;
    this.#taken = new Uint8Array(roll.size);
  }

  take(entry: Uint8Array): 'entry-repeated' | 'entry-not-on-roll' | undefined {
    const place = this.#roll.placeOf(entry);
    if (place === undefined) return 'entry-not-on-roll';
    if (this.#taken[place] === 1) return 'entry-repeated';
    this.#taken[place] = 1;
    return undefined;
  }
}
