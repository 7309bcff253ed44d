import { openVote } from '@talkoot/api-contracts/ballots';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import { encodeLeaf, lastSequence, leafHash } from '@talkoot/ballot-protocol';
import type { Leaf } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';

/**
 * A ballot as the protocol writes it; as long as ballots are not sealed, the vote stands in the place of the seal.
 * @throws DomainError `sequence-out-of-range`
 */
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

/** The leaf hash, which is the receipt. The certificates in it are secret: nobody can guess a vote by it. */
export function receiptOf(leaf: Leaf): string {
  return Buffer.from(leafHash(encodeLeaf(leaf))).toString('hex');
}
