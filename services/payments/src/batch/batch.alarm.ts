import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';

const alarms: Readonly<Record<string, string>> = {
  'batch-changed': 'a batch was changed in the database after it was proposed',
  'obligation-changed': 'an obligation was changed in the database after it was decided',
};

/**
 * What comes of an act on a batch; when batch or obligations are not stored as they were proposed or decided, the operator is told at once.
 * @param batchId null while it is being proposed
 */
export async function telling<T>(log: Logger, batchId: string | null, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    const alarm = error instanceof DomainError ? alarms[error.code] : undefined;
    if (alarm) log.error({ batchId, because: (error as DomainError).detail }, alarm);
    throw error;
  }
}
