import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { describe, expect, it, vi } from 'vitest';
import { telling } from './batch.alarm.ts';

describe('the operator', () => {
  const act = async (code: string, batchId: string | null = 'bat-1', because?: string) => {
    const error = vi.fn<(facts: object, says: string) => void>();
    const refusal = Promise.reject(new DomainError(code, because));
    const refused = telling({ error } as unknown as Logger, batchId, refusal);
    await expect(refused).rejects.toMatchObject({ code });
    return error.mock.calls;
  };
  it('is told of a batch that was changed after it was proposed', async () => {
    const says = 'a batch was changed in the database after it was proposed';
    expect(await act('batch-changed')).toEqual([[{ batchId: 'bat-1', because: undefined }, says]]);
  });
  it('is told of an obligation that was changed after it was decided', async () => {
    const says = 'an obligation was changed in the database after it was decided';
    const facts = { batchId: null, because: 'obl-1' };
    expect(await act('obligation-changed', null, 'obl-1')).toEqual([[facts, says]]);
  });
  it('is not told of other refusals', async () => {
    expect(await act('hash-mismatch')).toEqual([]);
  });
});
