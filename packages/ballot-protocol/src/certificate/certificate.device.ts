import { RSABSSA } from '@cloudflare/blindrsa-ts';
import { concatBytes } from '@noble/hashes/utils.js';
import { blind, unblind } from './blinding.ts';
import { CertificateError } from './certificate.errors.ts';
import { parseCertificate } from './certificate.ts';
import type { IssuerPublicKey } from './issuer.key.ts';

const suite = RSABSSA.SHA384.PSS.Randomized();

/** What a device keeps of its request; it stores all of it before it sends `blinded`. */
export interface CertificateRequest {
  /** 32 bytes. */
  readonly prefix: Uint8Array<ArrayBuffer>;
  /** 256 bytes: all that the issuer sees. */
  readonly blinded: Uint8Array<ArrayBuffer>;
  /** 256 bytes; together with the others it gives the voter away, so it never leaves the device. */
  readonly inverse: Uint8Array<ArrayBuffer>;
}

/** Blinds a message for an issuer (`importIssuerKey`), with a fresh prefix and a fresh blinding. */
export async function requestCertificate(
  issuer: IssuerPublicKey,
  message: Uint8Array,
): Promise<CertificateRequest> {
  const prepared = suite.prepare(message);
  const { blinded, inverse } = await blind(issuer, prepared);
  return { prefix: Uint8Array.from(parseCertificate(prepared).prefix), blinded, inverse };
}

/**
 * The certificate that an issuer's answer makes of a request.
 * @throws CertificateError `blind-signature-invalid` when it makes none
 */
export async function finishCertificate(
  issuer: IssuerPublicKey,
  message: Uint8Array,
  request: CertificateRequest,
  blindSignature: Uint8Array,
): Promise<Uint8Array<ArrayBuffer>> {
  const { prefix, inverse } = request;
  try {
    const prepared = concatBytes(prefix, message);
    const signature = await unblind(issuer, blindSignature, inverse);
    if (await suite.verify(issuer, signature, prepared)) return concatBytes(prefix, signature);
  } catch (cause) {
    throw invalid({ cause });
  }
  throw invalid();
}

function invalid(options?: ErrorOptions): CertificateError {
  return new CertificateError('blind-signature-invalid', 'the answer does not certify this request', options);
}
