/**
 * What went wrong with a poll's key; those of one trustee name its index.
 *
 * Making it:
 * - `ceremony-malformed`: the list of trustees or the threshold is not one that a manifest accepts
 * - `not-a-trustee`: the secrets or the package are of nobody on the list
 * - `package-malformed`: not of the shape or the length of its round
 * - `package-missing`, `package-repeated`: not exactly one of each other trustee
 * - `package-altered`: one's own round-1 package came back different
 * - `package-unsigned`: its trustee did not sign it for this ceremony
 * - `proof-wrong`: its trustee does not show that it knows the secret behind its commitments
 * - `dealt-share-wrong`: does not open, or does not match its dealer's commitments: the dealer cheats or errs
 * - `commitments-cancel`: all trustees together commit to a polynomial of a lower degree, which fewer of them could open;
 *   whoever spoke last brought it about
 * - `round-skipped`: the secrets of an earlier round are missing
 *
 * Releasing it:
 * - `share-malformed`: not 32 bytes of a number from 1 to below the group order
 * - `share-unknown`: of no trustee of this poll
 * - `share-repeated`: twice of one trustee
 * - `share-wrong`: does not match the commitments of the manifest
 * - `shares-missing`: fewer than the threshold
 *
 * Keeping it:
 * - `custody-malformed`: no custody file, or one whose passphrase would take too little or too much work to try
 * - `custody-locked`: the passphrase is wrong, or the file was altered
 * - `passphrase-short`: fewer than 12 characters
 */
export type KeyErrorCode =
  | 'ceremony-malformed'
  | 'not-a-trustee'
  | 'package-malformed'
  | 'package-missing'
  | 'package-repeated'
  | 'package-altered'
  | 'package-unsigned'
  | 'proof-wrong'
  | 'dealt-share-wrong'
  | 'commitments-cancel'
  | 'round-skipped'
  | 'share-malformed'
  | 'share-unknown'
  | 'share-repeated'
  | 'share-wrong'
  | 'shares-missing'
  | 'custody-malformed'
  | 'custody-locked'
  | 'passphrase-short';

/** Trouble with the poll's key: a stable code, and the trustee's index where it is somebody's. */
export class KeyError extends Error {
  override readonly name = 'KeyError';
  readonly code: KeyErrorCode;
  readonly index: number | undefined;

  constructor(code: KeyErrorCode, index?: number, options?: ErrorOptions) {
    super(index === undefined ? code : `${code}: trustee ${index}`, options);
    this.code = code;
    this.index = index;
  }
}
