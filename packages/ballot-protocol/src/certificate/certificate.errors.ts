/**
 * Why a certificate did not come about.
 * - `blinded-wrong-length`: a blinded message that is not 256 bytes
 * - `blinded-out-of-range`: a blinded message that is not between 2 and the modulus − 2
 * - `issuer-key-unsuitable`: no RSA key of 2048 bits with the exponent 65537
 * - `signing-failed`: the issuer's own signature does not verify, so it is not let out
 * - `blind-signature-invalid`: the issuer's answer does not unblind to a certificate
 */
export type CertificateErrorCode =
  | 'blinded-wrong-length'
  | 'blinded-out-of-range'
  | 'issuer-key-unsuitable'
  | 'signing-failed'
  | 'blind-signature-invalid';

export class CertificateError extends Error {
  override readonly name = 'CertificateError';
  readonly code: CertificateErrorCode;

  constructor(code: CertificateErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
