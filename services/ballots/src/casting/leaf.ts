import { openVote } from '@talkoot/api-contracts/ballots';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import { encodeLeaf, lastSequence, unsignedLeaf } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';
import { createHash } from 'node:crypto';

/** A ballot as the protocol writes it; as long as ballots are not sealed, the vote stands in the place of the seal. */
export interface Leaf {
  readonly publicKey: Uint8Array;
  readonly certificates: readonly [Uint8Array, Uint8Array];
  readonly sequence: number;
  readonly sealed: Uint8Array;
  readonly signature: Uint8Array;
}

/** @throws DomainError `sequence-out-of-range` */
export function leafOf(sent: Ballot): Leaf {
  const { publicKey, certificates, sequence, signature } = sent;
  if (sequence < 1 || sequence > lastSequence) throw new DomainError('sequence-out-of-range');
  const [first, second] = certificates.map((one) => Buffer.from(one, 'hex'));
  return {
    publicKey: Buffer.from(publicKey, 'hex'),
    certificates: [first!, second!],
    sequence,
    sealed: openVote(sent),
    signature: Buffer.from(signature, 'hex'),
  };
}

/** All bytes before the signature: what the key signed, for its poll. */
export const unsignedPart = (leaf: Leaf): Uint8Array => unsignedLeaf(leaf);

/** The leaf hash (RFC 6962), which is the receipt. The certificates in it are secret: nobody can guess a vote by it. */
export function receiptOf(leaf: Leaf): string {
  return createHash('sha256').update(Uint8Array.of(0)).update(encodeLeaf(leaf)).digest('hex');
}
