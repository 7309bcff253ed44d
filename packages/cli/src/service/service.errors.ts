import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';

/** What somebody asked of a service cannot be done; the message begins with the code and says why. */
export class ServiceRefused extends Error {
  override readonly name = 'ServiceRefused';
  /** Ours, or the code of the service's problem. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** Refusals of services, said to the person at the terminal. */
export async function saidPlainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ServiceUnreachable) {
      const again = `${cause.message}; repeating the command does no harm`;
      throw new ServiceRefused('unreachable', again, { cause });
    }
    if (!(cause instanceof ApiProblem)) throw cause;
    const { title, detail, errors = [] } = cause.problem;
    const where = errors.map(({ at, message }) => `${at} ${message}`);
    // A detail that only repeats the code tells nobody anything.
    const said = detail?.includes(cause.code) ? undefined : detail;
    const words = [title, said, ...where, hints[cause.code]].filter(Boolean);
    throw new ServiceRefused(cause.code, words.join('. '), { cause });
  }
}

const signIn = 'Sign in, and set TALKOOT_TOKEN to the token of your session';
const hints: Readonly<Record<string, string>> = {
  'not-found': 'Look at the id, whose it is (--municipality), and as whom you are signed in (TALKOOT_TOKEN)',
  unauthenticated: signIn,
  'token-expired': signIn,
};
