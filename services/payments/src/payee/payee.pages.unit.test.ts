import { describe, expect, it } from 'vitest';
import { forEveryPayee } from './payee.pages.ts';
import type { PayeeDocument } from './payee.store.ts';

const ids = Array.from({ length: 250 }, (_, at) => `lintula/per-${String(at).padStart(3, '0')}`);
const page = async (after: string | undefined, limit: number) =>
  ids
    .filter((id) => after === undefined || id > after)
    .slice(0, limit)
    .map((_id) => ({ _id }) as PayeeDocument);

describe('what is done for every payee', () => {
  it('is done for each of all pages once, also after one that fails', async () => {
    const done: string[] = [];
    const work = async ({ _id }: PayeeDocument) => {
      done.push(_id);
      if (_id === ids[7]) throw new Error('Identity does not answer');
    };
    await expect(forEveryPayee(page, work)).rejects.toMatchObject({ errors: [expect.any(Error)] });
    expect(done).toEqual(ids);
  });
});
