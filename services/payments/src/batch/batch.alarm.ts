import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';

/** What comes of an act on a batch; when the batch is not stored as it was proposed, the operator is told at once. */
export async function telling<T>(log: Logger, batchId: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'batch-changed') {
      log.error(
        { batchId, because: error.detail },
        'a batch was changed in the database after it was proposed',
      );
    }
    throw error;
  }
}
