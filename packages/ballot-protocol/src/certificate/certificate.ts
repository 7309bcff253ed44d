import { bound } from '../binding.ts';

const prefixLength = 32;
const signatureLength = 256;

/** The length in bytes of a certificate: prefix and signature. */
export const certificateLength = prefixLength + signatureLength;

export interface Certificate {
  /** Chosen by the device, 32 bytes. */
  readonly prefix: Uint8Array;
  /** 256 bytes. */
  readonly signature: Uint8Array;
}

/** What both issuers certify without seeing it: this public key may vote in this poll. */
export function certificateMessage(m: Uint8Array, publicKey: Uint8Array): Uint8Array<ArrayBuffer> {
  return bound('talkoot-cert-v1', m, publicKey);
}

/** The two parts of a certificate of `certificateLength` bytes. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  return { prefix: bytes.subarray(0, prefixLength), signature: bytes.subarray(prefixLength) };
}
