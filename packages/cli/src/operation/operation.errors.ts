/** What an operator asked for cannot be done; the message says why and what to do. */
export class OperationRefused extends Error {
  override readonly name = 'OperationRefused';
  readonly code: OperationCode;

  constructor(code: OperationCode, message: string) {
    super(`${code}: ${message}`);
    this.code = code;
  }
}

export type OperationCode =
  | 'no-deployment'
  | 'deployment-incomplete'
  | 'not-a-lifecycle-id'
  | 'no-such-lifecycle'
  | 'lifecycle-closed'
  | 'not-running'
  | 'unreachable'
  | 'id-or-all'
  | 'since-or-event'
  | 'some-failed'
  | 'no-such-letter';
