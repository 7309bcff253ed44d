import {
  castLeaf,
  certificateMessage,
  encodeBallot,
  finishCertificate,
  importIssuerKey,
  newSigningKey,
  readManifest,
  requestCertificate,
} from '@talkoot/ballot-protocol';
import type { BindingManifest, IssuerPublicKey } from '@talkoot/ballot-protocol';
import { ballotOf } from './choice.ts';
import type { Choice } from './choice.ts';

/** A poll as a device knows it, from the manifest alone. */
export interface PollOnDevice {
  readonly binding: BindingManifest;
  /** The municipality's and the auditor's. */
  readonly issuers: readonly [IssuerPublicKey, IssuerPublicKey];
}

/**
 * Reads a manifest as every device does before its voter chooses.
 * @param manifest exactly the bytes that were served
 */
export async function pollOnDevice(manifest: string): Promise<PollOnDevice> {
  const binding = readManifest(Buffer.from(manifest));
  const [first, second] = binding.manifest.issuers;
  return { binding, issuers: [await importIssuerKey(first.modulus), await importIssuerKey(second.modulus)] };
}

/** Has a blinded message signed by the municipality (0) or the auditor (1); all in hexadecimal. */
export type AskIssuer = (issuer: 0 | 1, blinded: string) => Promise<string>;

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/** A voter's device in one poll: it keeps the key, and no issuer ever sees it or a certificate of it. */
export async function certifiedDevice({ binding, issuers }: PollOnDevice, ask: AskIssuer) {
  const key = newSigningKey();
  const message = certificateMessage(binding.m, key.publicKey);
  const certify = async (issuer: 0 | 1) => {
    const request = await requestCertificate(issuers[issuer], message);
    const answer = await ask(issuer, hex(request.blinded));
    return finishCertificate(issuers[issuer], message, request, Buffer.from(answer, 'hex'));
  };
  const certificates = await Promise.all([certify(0), certify(1)]);
  return {
    /** The leaf of a choice; of the leaves of a device the one with the highest sequence counts. */
    leafOf: (choice: Choice, sequence = 1): Promise<Uint8Array<ArrayBuffer>> => {
      const plaintext = encodeBallot(binding.manifest, ballotOf(binding.manifest, choice));
      return castLeaf(binding, { key, certificates, sequence, plaintext });
    },
  };
}
