import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { describe, expect, it, vi } from 'vitest';
import { telling } from './batch.alarm.ts';

describe('the operator', () => {
  const act = async (code: string) => {
    const error = vi.fn<(facts: object, says: string) => void>();
    const refused = telling({ error } as unknown as Logger, 'bat-1', Promise.reject(new DomainError(code)));
    await expect(refused).rejects.toMatchObject({ code });
    return error.mock.calls;
  };
  it('is told of a batch that was changed after it was proposed', async () => {
    const says = 'a batch was changed in the database after it was proposed';
    expect(await act('batch-changed')).toEqual([[{ batchId: 'bat-1', because: undefined }, says]]);
  });
  it('is not told of other refusals', async () => {
    expect(await act('hash-mismatch')).toEqual([]);
  });
});
