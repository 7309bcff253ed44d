/**
 * Why something about a board, a log or a witness was refused.
 * - `hash-malformed`: not 32 bytes where a hash is due
 * - `size-invalid`: a size or index that is no safe integer from 0 on, or sizes that do not fit one another
 * - `proof-length`: a proof with too few or too many hashes
 * - `root-differs`: a proof that leads to another root
 * - `node-missing`: stored nodes or tiles that a proof needs were not delivered, or not in full
 * - `note-malformed`: not a signed note, beyond the limits, or two lines of one key
 * - `key-invalid`: a key name with spaces or plus signs, or a key that is not 32 bytes
 * - `checkpoint-malformed`: the text of a note is not exactly origin, size and root
 * - `origin-differs`: a checkpoint of another log
 * - `signature-missing`: a line that has to be there is not
 * - `signature-invalid`: a line of a known key whose signature does not hold
 * - `witnesses-invalid`: no witnesses, or one key or name twice
 * - `witnesses-too-few`: not more than half of the witnesses cosigned
 * - `request-malformed`: not an add-checkpoint request of C2SP tlog-witness
 * - `archive-malformed`: an archive of checkpoints whose notes are not each followed by a line of `%`
 * - `batch-invalid`: a batch size below one, or randomness that is not 32 bytes
 * - `closing-malformed`: not the canonical JSON of a closing record
 * - `receipt-malformed`: not the canonical JSON of a receipt, or of complaints
 * - `entry-repeated`: a roll value that an issuance log already holds, or twice in one batch
 */
export type BoardErrorCode =
  | 'hash-malformed'
  | 'size-invalid'
  | 'proof-length'
  | 'root-differs'
  | 'node-missing'
  | 'note-malformed'
  | 'key-invalid'
  | 'checkpoint-malformed'
  | 'origin-differs'
  | 'signature-missing'
  | 'signature-invalid'
  | 'witnesses-invalid'
  | 'witnesses-too-few'
  | 'request-malformed'
  | 'archive-malformed'
  | 'batch-invalid'
  | 'closing-malformed'
  | 'receipt-malformed'
  | 'entry-repeated';

/** A refusal with a stable code; the message is for people and may change. */
export class BoardError extends Error {
  override readonly name = 'BoardError';
  readonly code: BoardErrorCode;

  constructor(code: BoardErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
