import { describe, expect, it } from 'vitest';
import { leafWriter } from './leaf.writer.ts';

const leafOf = (name: string) => {
  const bytes = Buffer.from(name);
  return { hash: bytes, poll: 'pol-1', publicKey: bytes, sequence: 1, bytes };
};
const session = { endSession: async () => undefined };
const connection = { startSession: async () => session } as never;

describe('the writer of leaves', () => {
  it('writes together what arrives while a write is under way, in bounded groups', async () => {
    const groups: number[] = [];
    const writes: PromiseWithResolvers<void>[] = [];
    const writer = leafWriter({
      connection,
      leaves: {
        async insert(all) {
          groups.push(all.length);
          const written = Promise.withResolvers<void>();
          writes.push(written);
          await written.promise;
          return all.map(() => 'waiting' as const);
        },
      },
      gates: { statesOf: async () => new Map([['pol-1', 'open' as const]]) },
    });
    const sent = Array.from({ length: 1_201 }, (_, at) => writer.put(leafOf(`${at}`)));
    await expect.poll(() => writes.length).toBe(1);
    for (let write = 0; write < 4; write += 1) {
      await expect.poll(() => writes.length).toBeGreaterThan(write);
      writes[write]!.resolve();
    }
    const answers = await Promise.all(sent);
    expect(answers.every(({ state, gateAfter }) => state === 'waiting' && gateAfter === 'open')).toBe(true);
    expect(groups).toEqual([1, 500, 500, 200]);
  });

  it('fails those of a group that could not be written, and goes on', async () => {
    let calls = 0;
    const writer = leafWriter({
      connection,
      leaves: {
        async insert(all) {
          calls += 1;
          if (calls === 2) throw new Error('no majority');
          return all.map(() => 'waiting' as const);
        },
      },
      gates: { statesOf: async () => new Map([['pol-1', 'closed' as const]]) },
    });
    const [first, second, third] = ['a', 'b', 'c'].map((name) => writer.put(leafOf(name)));
    await expect(second).rejects.toThrow('no majority');
    await expect(third).rejects.toThrow('no majority');
    expect(await first).toEqual({ state: 'waiting', gateAfter: 'closed' });
    expect(await writer.put(leafOf('e'))).toMatchObject({ state: 'waiting' });
  });

  it('reads the gate after the leaves are durable', async () => {
    const events: string[] = [];
    const writer = leafWriter({
      connection,
      leaves: {
        async insert(all) {
          await new Promise(setImmediate);
          events.push('durable');
          return all.map(() => 'waiting' as const);
        },
      },
      gates: { statesOf: async () => (events.push('gate'), new Map()) },
    });
    await writer.put(leafOf('a'));
    expect(events).toEqual(['durable', 'gate']);
  });

  it('takes a poll whose gate is gone for closed', async () => {
    const writer = leafWriter({
      connection,
      leaves: { insert: async (all) => all.map(() => 'waiting' as const) },
      gates: { statesOf: async () => new Map() },
    });
    expect(await writer.put(leafOf('a'))).toMatchObject({ gateAfter: 'closed' });
  });
});
