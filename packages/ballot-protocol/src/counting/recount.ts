import { bytesToHex } from '@noble/hashes/utils.js';
import type { Ballot, Rejection } from '../ballot/ballot.ts';
import { decodeBallot } from '../ballot/plaintext.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';
import type { CountedLeaf } from './deciding.leaves.ts';

/** A valid ballot and the hash of its leaf. */
export interface CountedVote {
  readonly hash: Uint8Array;
  readonly ballot: Ballot;
}

/** What the deciding leaves turn out to be once they are opened. */
export interface Recount {
  readonly counted: readonly CountedVote[];
  /** By leaf hash, hexadecimal. */
  readonly rejected: ReadonlyMap<string, Rejection>;
}

/** Decodes every deciding leaf, in the order given. */
export function recount(manifest: Manifest, deciding: Iterable<CountedLeaf>): Recount {
  const counted: CountedVote[] = [];
  const rejected = new Map<string, Rejection>();
  for (const { hash, plaintext } of deciding) {
    const decoded = decodeBallot(manifest, plaintext ?? undefined);
    if ('ballot' in decoded) counted.push({ hash, ballot: decoded.ballot });
    else rejected.set(bytesToHex(hash), decoded.rejection);
  }
  return { counted, rejected };
}
