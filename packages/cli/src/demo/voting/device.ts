import { openVote } from '@talkoot/api-contracts/ballots';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import {
  castMessage,
  certificateMessage,
  finishCertificate,
  importIssuerKey,
  newSigningKey,
  requestCertificate,
  sign,
  unsignedLeaf,
} from '@talkoot/ballot-protocol';
import { createHash } from 'node:crypto';

/** What a voter chooses. */
export type Choice = Pick<Ballot, 'choices' | 'answers'>;

/** What a device reads of a poll's manifest, after it has hashed it. */
export interface PollBinding {
  /** SHA-256 of the manifest. */
  readonly m: Uint8Array;
  /** Of the municipality's and the auditor's key for this poll, hexadecimal. */
  readonly moduli: readonly [string, string];
}

/** @param manifest exactly the bytes that were served. */
export function bindingIn(manifest: string): PollBinding {
  const { issuers } = JSON.parse(manifest) as { issuers: [{ modulus: string }, { modulus: string }] };
  const m = createHash('sha256').update(manifest).digest();
  return { m, moduli: [issuers[0].modulus, issuers[1].modulus] };
}

/** Has a blinded message signed by the municipality (0) or the auditor (1); all in hexadecimal. */
export type AskIssuer = (issuer: 0 | 1, blinded: string) => Promise<string>;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A voter's device in one poll: it keeps the key, and no issuer ever sees it or a certificate of it. */
export async function certifiedDevice({ m, moduli }: PollBinding, ask: AskIssuer) {
  const { secretKey, publicKey } = newSigningKey();
  const message = certificateMessage(m, publicKey);
  const certify = async (issuer: 0 | 1) => {
    const key = await importIssuerKey(moduli[issuer]);
    const request = await requestCertificate(key, message);
    const answer = await ask(issuer, hex(request.blinded));
    return finishCertificate(key, message, request, Buffer.from(answer, 'hex'));
  };
  const [first, second] = await Promise.all([certify(0), certify(1)]);
  return {
    /** The ballot of a choice; of the ballots of a device the one with the highest sequence counts. */
    ballotOf(choice: Choice, sequence = 1): Ballot {
      const certificates = [first, second] as const;
      const unsigned = unsignedLeaf({ publicKey, certificates, sequence, sealed: openVote(choice) });
      return {
        publicKey: hex(publicKey),
        certificates: certificates.map(hex),
        sequence,
        signature: hex(sign(secretKey, castMessage(m, unsigned))),
        ...choice,
      };
    },
  };
}
