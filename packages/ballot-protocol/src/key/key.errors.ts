/**
 * What went wrong with a poll's key.
 * - `share-malformed`: not 32 bytes of a number from 1 to below the group order
 * - `share-unknown`: of no trustee of this poll
 * - `share-repeated`: twice of one trustee
 * - `share-wrong`: does not match the commitments of the manifest
 * - `shares-missing`: fewer than the threshold
 */
export type KeyErrorCode =
  | 'share-malformed'
  | 'share-unknown'
  | 'share-repeated'
  | 'share-wrong'
  | 'shares-missing';

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
