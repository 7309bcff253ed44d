import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';

/** What a finance clerk asked for cannot be done; the message begins with the code and says why. */
export class BankRefused extends Error {
  override readonly name = 'BankRefused';
  /** Ours, or the code of the service's problem. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** Refusals of the service, said to the person at the terminal. */
export async function refusingPlainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ApiProblem) throw new BankRefused(cause.code, inWords(cause), { cause });
    if (cause instanceof ServiceUnreachable)
      throw new BankRefused('unreachable', `${cause.message}; repeating the command does no harm`, { cause });
    throw cause;
  }
}

function inWords({ problem, code }: ApiProblem): string {
  const { title, detail, errors = [] } = problem;
  const where = errors.map(({ at, message }) => `${at} ${message}`);
  // A detail that only repeats the code tells nobody anything.
  const said = detail?.includes(code) ? undefined : detail;
  return [title, said, ...where, hints[code]].filter(Boolean).join('. ');
}

const signInAgain = 'Sign in again, and set TALKOOT_TOKEN anew';
const hints: Readonly<Record<string, string>> = {
  'not-found': 'Look at the id, and whose it is (--municipality)',
  'batch-not-instructed': 'It is approved, released and handed over first',
  'debtor-account-missing': 'talkoot bank account propose names one, and the budget authority confirms it',
  'bank-file-expired': 'talkoot bank export makes it again',
  unauthenticated: signInAgain,
  'token-expired': signInAgain,
};
