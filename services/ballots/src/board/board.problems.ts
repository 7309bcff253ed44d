import { DomainError } from '@talkoot/http-service';
import { LogError } from '@talkoot/witnessed-log';

/**
 * What keeps a log from signing, in the words of the API; `silent` is the code of witnesses that do not answer.
 * @throws DomainError `board-not-current`, or `silent`
 */
export async function boardProblems<T>(
  silent: 'witnesses-silent' | 'board-not-current',
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof LogError)) throw error;
    if (error.code === 'witnesses-silent') throw new DomainError(silent);
    if (error.code === 'behind' || error.code === 'forked')
      throw new DomainError('board-not-current', error.code);
    throw error;
  }
}
