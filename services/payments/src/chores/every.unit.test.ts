import { describe, expect, it } from 'vitest';
import { forEvery } from './every.ts';

const ids = Array.from({ length: 250 }, (_, at) => `lintula/per-${String(at).padStart(3, '0')}`);
const page = async (after: string | undefined, limit: number) =>
  ids
    .filter((id) => after === undefined || id > after)
    .slice(0, limit)
    .map((_id) => ({ _id }));

describe('what is done for every document of a list', () => {
  it('is done for each of all pages once, also after one that fails', async () => {
    const done: string[] = [];
    const work = async ({ _id }: { _id: string }) => {
      done.push(_id);
      if (_id === ids[7]) throw new Error('Identity does not answer');
    };
    await expect(forEvery(page, work)).rejects.toMatchObject({ errors: [expect.any(Error)] });
    expect(done).toEqual(ids);
  });
});
