import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';

/** A service refused what somebody asked for; the message begins with the code and says why. */
export class ServiceRefused extends Error {
  override readonly name = 'ServiceRefused';
  /** Ours, or the code of the service's problem. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

/** Does some work with services; their refusals are said to the person at the terminal. @throws ServiceRefused */
export async function sayingRefusals<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ServiceUnreachable) {
      throw new ServiceRefused('unreachable', `${cause.message}; repeating the command does no harm`, {
        cause,
      });
    }
    if (!(cause instanceof ApiProblem)) throw cause;
    const { title, detail, errors = [] } = cause.problem;
    const where = errors.map(({ at, message }) => `${at} ${message}`);
    const words = [title, detail, ...where].filter(Boolean);
    throw new ServiceRefused(cause.code, words.join('. '), { cause });
  }
}
