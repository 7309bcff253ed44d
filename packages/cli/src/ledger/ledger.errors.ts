/** What somebody asked about a ledger cannot be done; the message begins with the code and says why. */
export class LedgerRefused extends Error {
  override readonly name = 'LedgerRefused';
  readonly code:
    | 'ledger-malformed'
    | 'heads-malformed'
    | 'ledger-moves'
    | 'heads-unreachable'
    | 'heads-of-nobody';

  constructor(code: LedgerRefused['code'], message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}
