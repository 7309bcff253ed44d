/**
 * What is wrong with a manifest.
 * - `manifest-not-canonical`: the bytes are not RFC 8785 JSON
 * - `manifest-malformed`: a field is missing, unknown, or of the wrong form
 * - `kind-mismatch`: the type of ballot or the presence of an allocation does not fit the kind of poll
 * - `ballot-length-wrong`: not the length that the type needs
 * - `conflict-unknown`: a conflict group of the allocation names what is no option
 * - `increment-too-small`: the allocation might take more increments than it may
 * - `choices-impossible`: `minChoices` above `maxChoices`, or `maxChoices` above the number of options
 * - `duplicate-option`, `duplicate-name`, `duplicate-key`, `duplicate-path`: something twice
 * - `issuers-not-independent`: both belong to one organisation
 * - `modulus-invalid`: not an odd number of exactly 2048 bits
 * - `key-invalid`: no Ed25519 public key that the protocol accepts
 * - `commitment-invalid`: no compressed point of P-256
 * - `threshold-invalid`: more than there are trustees, or not the number of commitments
 * - `trustee-index-wrong`: indices do not run from 1
 * - `organisation-too-strong`: an organisation has as many trustees as open the key
 * - `witness-missing`: the second issuer's organisation runs no witness
 * - `instant-invalid`: no such moment
 * - `windows-wrong`: the windows are out of order, casting does not close 30 minutes after certificates, or
 *   complaints close earlier than 72 hours after casting
 */
export type ManifestErrorCode =
  | 'manifest-not-canonical'
  | 'manifest-malformed'
  | 'kind-mismatch'
  | 'ballot-length-wrong'
  | 'conflict-unknown'
  | 'increment-too-small'
  | 'choices-impossible'
  | 'duplicate-option'
  | 'duplicate-name'
  | 'duplicate-key'
  | 'duplicate-path'
  | 'issuers-not-independent'
  | 'modulus-invalid'
  | 'key-invalid'
  | 'commitment-invalid'
  | 'threshold-invalid'
  | 'trustee-index-wrong'
  | 'organisation-too-strong'
  | 'witness-missing'
  | 'instant-invalid'
  | 'windows-wrong';

export interface ManifestProblem {
  readonly code: ManifestErrorCode;
  /** Where, as a path into the manifest. */
  readonly at: string;
}

/** A refused manifest: the first problem's code, and all of them. */
export class ManifestError extends Error {
  override readonly name = 'ManifestError';
  readonly code: ManifestErrorCode;
  readonly problems: readonly ManifestProblem[];

  constructor(problems: readonly [ManifestProblem, ...ManifestProblem[]], options?: ErrorOptions) {
    super(problems.map(({ code, at }) => (at === '' ? code : `${code} at ${at}`)).join(', '), options);
    this.code = problems[0].code;
    this.problems = problems;
  }
}
