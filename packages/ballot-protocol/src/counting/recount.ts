import { bytesToHex } from '@noble/hashes/utils.js';
import type { Ballot, Rejection } from '../ballot/ballot.ts';
import { decodeBallot } from '../ballot/plaintext.ts';
import type { DecodedBallot } from '../ballot/plaintext.ts';
import type { Manifest } from '../manifest/manifest.shape.ts';
import type { CountedLeaf } from './deciding.leaves.ts';

/** What the deciding leaves turn out to be once they are opened. */
export interface Recount {
  /** Valid ballots, blank ones included, in the order of their leaves. */
  readonly ballots: readonly Ballot[];
  /** By leaf hash, hexadecimal. */
  readonly rejected: ReadonlyMap<string, Rejection>;
}

/** Decodes every deciding leaf, in the order given. */
export function recount(manifest: Manifest, deciding: Iterable<CountedLeaf>): Recount {
  const decode = decoder(manifest);
  const ballots: Ballot[] = [];
  const rejected = new Map<string, Rejection>();
  for (const { hash, plaintext } of deciding) {
    const decoded = decode(plaintext);
    if ('ballot' in decoded) ballots.push(decoded.ballot);
    else rejected.set(bytesToHex(hash), decoded.rejection);
  }
  return { ballots, rejected };
}

/** A valid ballot and the hash of its leaf. */
export interface CountedVote {
  readonly hash: Uint8Array;
  readonly ballot: Ballot;
}

/** The valid ballots with the hashes of their leaves, in the order given. */
export function* countedVotes(manifest: Manifest, deciding: Iterable<CountedLeaf>): Generator<CountedVote> {
  const decode = decoder(manifest);
  for (const { hash, plaintext } of deciding) {
    const decoded = decode(plaintext);
    if ('ballot' in decoded) yield { hash, ballot: decoded.ballot };
  }
}

/** Most different ballots that are remembered. */
const mostKnown = 100_000;

/** Decodes plaintexts. Those that are alike become one object: among many voters most ballots are like another. */
function decoder(manifest: Manifest): (plaintext: Uint8Array | null) => DecodedBallot {
  const known = new Map<string, DecodedBallot>();
  return (plaintext) => {
    if (plaintext === null) return decodeBallot(manifest, undefined);
    const text = Buffer.from(plaintext.buffer, plaintext.byteOffset, plaintext.length).toString('latin1');
    const before = known.get(text);
    if (before) return before;
    const decoded = decodeBallot(manifest, plaintext);
    if (known.size < mostKnown) known.set(text, decoded);
    return decoded;
  };
}
