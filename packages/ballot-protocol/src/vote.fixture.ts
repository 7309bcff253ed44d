import type { Ballot } from './ballot/ballot.ts';
import { encodeBallot } from './ballot/plaintext.ts';
import { castLeaf } from './cast/leaf.cast.ts';
import { finishCertificate, requestCertificate } from './certificate/certificate.device.ts';
import { certificateMessage } from './certificate/certificate.ts';
import { signBlinded } from './certificate/issuer.ts';
import { importIssuerKey } from './certificate/issuer.key.ts';
import type { TestPoll } from './poll.fixture.ts';
import { newSigningKey } from './signature/ed25519.ts';
import type { SigningKey } from './signature/ed25519.ts';

/** A voter's key, certified by both issuers. */
export interface Voter {
  readonly key: SigningKey;
  readonly certificates: readonly [Uint8Array, Uint8Array];
}

type CertifyingPoll = Pick<TestPoll, 'binding' | 'issuers'>;

export async function certifiedVoter(poll: CertifyingPoll): Promise<Voter> {
  const key = newSigningKey();
  const [first, second] = await Promise.all(
    poll.issuers.map(async (issuer) => {
      const publicKey = await importIssuerKey(issuer.modulus);
      const message = certificateMessage(poll.binding.m, key.publicKey);
      const request = await requestCertificate(publicKey, message);
      return finishCertificate(publicKey, message, request, signBlinded(issuer, request.blinded));
    }),
  );
  return { key, certificates: [first!, second!] };
}

export function castBallot(poll: CertifyingPoll, voter: Voter, ballot: Ballot, sequence = 1) {
  return castLeaf(poll.binding, {
    ...voter,
    sequence,
    plaintext: encodeBallot(poll.binding.manifest, ballot),
  });
}
