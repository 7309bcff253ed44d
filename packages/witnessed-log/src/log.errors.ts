/**
 * Why a log does nothing.
 * - `witnesses-silent`: half of the witnesses or fewer answered, or cosigned. Later it may go.
 * - `behind`: a witness cosigned more leaves than the log has: it was set back, as by an old backup
 * - `forked`: a witness cosigned other leaves than the log has
 * - `append-conflict`: the log does not have as many leaves as the caller thought
 * - `append-too-large`: more leaves at once than a transaction should hold
 * - `never-begun`: a log without leaves has no checkpoint
 * - `damaged`: hashes that the log must have stored are not there, or do not fit one another
 */
export type LogErrorCode =
  | 'witnesses-silent'
  | 'behind'
  | 'forked'
  | 'append-conflict'
  | 'append-too-large'
  | 'never-begun'
  | 'damaged';

/** A refusal with a stable code; the message is for operators and may change. */
export class LogError extends Error {
  override readonly name = 'LogError';
  readonly code: LogErrorCode;

  constructor(code: LogErrorCode, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
