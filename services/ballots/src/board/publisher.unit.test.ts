import { createLog } from '@talkoot/http-service';
import { expect, it } from 'vitest';
import { mayBeDue, publisher } from './publisher.ts';
import type { SealedPoll } from './sealed.poll.ts';

it('a board is looked at when twice a batch may wait, or when nobody can tell', () => {
  expect(mayBeDue({ seen: null, added: 0 }, 30)).toBe(true);
  expect(mayBeDue({ seen: 30, added: 29 }, 30)).toBe(false);
  expect(mayBeDue({ seen: 30, added: 30 }, 30)).toBe(true);
  expect(mayBeDue({ seen: 0, added: 60 }, 30)).toBe(true);
});

it('a board is looked at once a second, however many leaves few keys hold', async () => {
  let looks = 0;
  const poll = {
    pollId: 'pol-1',
    log: { checkpoint: async () => ((looks += 1), { size: 1 }) },
    binding: { manifest: { board: { batchSize: 3 } } },
  } as unknown as SealedPoll;
  const leaves = {
    async *waiting() {
      for (let at = 0; at < 50; at += 1) yield { hash: new Uint8Array(32).fill(at), key: new Uint8Array(32) };
    },
  };
  const batches = publisher({ leaves, log: createLog('test', 'silent') } as never);
  const began = performance.now();
  for (let leaf = 0; leaf < 500; leaf += 1) {
    batches.stored(poll);
    await new Promise(setImmediate);
  }
  expect(looks).toBeGreaterThan(0);
  expect(looks).toBeLessThanOrEqual(1 + (performance.now() - began) / 1_000);
  // What came meanwhile is looked at afterwards, and then there is nothing new.
  const before = looks;
  await expect.poll(() => looks, { timeout: 10_000 }).toBe(before + 1);
});
