import { openVote } from '@talkoot/api-contracts/ballots';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import { castMessage, certificateMessage, newSigningKey, sign, unsignedLeaf } from '@talkoot/ballot-protocol';
import type { SigningKey } from '@talkoot/ballot-protocol';
import { constants, randomBytes, sign as signWith } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type Choice = Pick<Ballot, 'choices' | 'answers'>;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** The certificate that an issuer's blind signature makes: what it is without blinding, byte for byte. */
export function certificateBy(issuer: KeyObject, m: Uint8Array, publicKey: Uint8Array): Buffer {
  const prefix = randomBytes(32);
  const message = Buffer.concat([prefix, certificateMessage(m, publicKey)]);
  const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };
  return Buffer.concat([prefix, signWith('sha384', message, { key: issuer, ...pss })]);
}

/** A voter's device with the certificates that it was given. */
export class Voter {
  readonly key: SigningKey;
  readonly m: Uint8Array;
  readonly certificates: readonly [Uint8Array, Uint8Array];

  constructor(
    m: Uint8Array,
    certificates: (publicKey: Uint8Array) => readonly [Buffer, Buffer],
    key = newSigningKey(),
  ) {
    this.key = key;
    this.m = m;
    this.certificates = certificates(key.publicKey);
  }

  ballot(choice: Choice, sequence = 1): Ballot {
    const { publicKey, secretKey } = this.key;
    const { certificates } = this;
    const unsigned = unsignedLeaf({ publicKey, certificates, sequence, sealed: openVote(choice) });
    return {
      publicKey: hex(publicKey),
      certificates: certificates.map(hex),
      sequence,
      signature: hex(sign(secretKey, castMessage(this.m, unsigned))),
      ...choice,
    };
  }
}
