import { leafLength } from '../cast/leaf.ts';
import { readManifest } from '../manifest/manifest.read.ts';
import { ballotOpener } from '../node/seal.ts';
import { leafChecker } from '../node/leaf.check.ts';
import { leafHash } from '../node/merkle.hash.ts';
import type { LeafOutcome, LeafWork, LeafWorkSetting } from './leaf.work.ts';

/** Checks every signature of leaves and opens their ballots: all that is slow about verifying. */
export function leafWorker({ manifest: bytes, secretKey }: LeafWorkSetting): (work: LeafWork) => LeafOutcome {
  const binding = readManifest(bytes);
  const check = leafChecker(binding);
  const open = secretKey === null ? null : ballotOpener(binding, secretKey);
  const leafBytes = leafLength(binding.manifest);
  const { length } = binding.manifest.ballot;
  return ({ leaves }) => {
    const number = Math.ceil(leaves.length / leafBytes);
    const refusals: LeafOutcome['refusals'][number][] = [];
    const opened = new Uint8Array(number);
    const plaintexts = new Uint8Array(number * length);
    const hashes = new Uint8Array(number * 32);
    const keys = new Uint8Array(number * 32);
    const sequences = new Uint8Array(number);
    for (let place = 0; place < number; place += 1) {
      const bytes = leaves.subarray(place * leafBytes, (place + 1) * leafBytes);
      hashes.set(leafHash(bytes), place * 32);
      const verdict = check(bytes);
      if (!verdict.accepted) {
        refusals.push({ place, refusal: verdict.refusal });
        continue;
      }
      keys.set(verdict.leaf.publicKey, place * 32);
      sequences[place] = verdict.leaf.sequence;
      const plaintext = open?.(verdict.leaf);
      if (plaintext?.length !== length) continue;
      opened[place] = 1;
      plaintexts.set(plaintext, place * length);
    }
    return { refusals, hashes, keys, sequences, opened, plaintexts };
  };
}
