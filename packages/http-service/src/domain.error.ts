/** One offending field, line or argument. `at` is a dotted path such as `body.budget.amount` or `line.12`. */
export interface Offence {
  readonly at: string;
  readonly message: string;
}

/**
 * A refusal named in the words of the domain. It knows nothing of HTTP: the status and the title come from the
 * API's `problems`, or from `standardProblems`. `detail` and `errors` are shown to the caller, so they carry no
 * personal data.
 *
 * @example throw new DomainError("spending-above-commitment", "12000 is left of the commitment");
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly code: string;
  readonly detail: string | undefined;
  readonly errors: readonly Offence[] | undefined;
  /** @param options its `cause` goes to the log, never to the caller */
  constructor(code: string, detail?: string, errors?: readonly Offence[], options?: ErrorOptions) {
    super(detail ? `${code}: ${detail}` : code, options);
    this.code = code;
    this.detail = detail;
    this.errors = errors;
  }
}
