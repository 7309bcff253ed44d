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

/** What to do about a refusal whose own words do not say it, by its code. */
export type Hints = Readonly<Record<string, string>>;

/** What the refusal or the silence of a service means to the person at the terminal; null for anything else. */
export function inWords(
  cause: unknown,
  hints: Hints,
): { readonly code: string; readonly words: string } | null {
  if (cause instanceof ServiceUnreachable)
    return { code: 'unreachable', words: `${cause.message}; repeating the command does no harm` };
  if (!(cause instanceof ApiProblem)) return null;
  const { title, detail, errors = [] } = cause.problem;
  const where = errors.map(({ at, message }) => `${at} ${message}`);
  // A detail that only repeats the code tells nobody anything.
  const said = detail?.includes(cause.code) ? undefined : detail;
  const words = [title, said, ...where, hints[cause.code]].filter(Boolean);
  return { code: cause.code, words: words.join('. ') };
}

/** Refusals of services, said to the person at the terminal. @throws ServiceRefused */
export async function saidPlainly<T>(work: () => Promise<T>, hints: Hints = generalHints): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    const refusal = inWords(cause, hints);
    throw refusal ? new ServiceRefused(refusal.code, refusal.words, { cause }) : cause;
  }
}

const signIn =
  'Sign in, and set TALKOOT_TOKEN to the token of your session; on a local stack name yourself with --as';
const generalHints: Hints = {
  'not-found':
    'Look at the id, whose it is (--municipality), and as whom you are signed in (TALKOOT_TOKEN, or --as on a local stack)',
  unauthenticated: signIn,
  'token-expired': signIn,
};
