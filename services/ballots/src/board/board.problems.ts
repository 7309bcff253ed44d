import { DomainError } from '@talkoot/http-service';
import { LogError } from '@talkoot/witnessed-log';
import type { LogErrorCode } from '@talkoot/witnessed-log';

/** What the log has lost or never had: nothing may be signed for it. */
const notCurrent: readonly LogErrorCode[] = ['behind', 'forked', 'damaged'];

/**
 * What keeps a log from signing, in the words of the API; `silent` is the code of witnesses that do not answer. Which witness
 * shows what goes to the log of the service, as the cause.
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
    const options = { cause: error };
    if (error.code === 'witnesses-silent') throw new DomainError(silent, undefined, undefined, options);
    if (notCurrent.includes(error.code))
      throw new DomainError('board-not-current', error.code, undefined, options);
    throw error;
  }
}
