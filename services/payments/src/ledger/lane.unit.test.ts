import { describe, expect, it } from 'vitest';
import { createLane } from './lane.ts';

/** Work that ends when it is told to. */
function held() {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { work: () => promise, end: resolve, fail: reject };
}

describe('a lane', () => {
  it('runs work under one name in turn, and goes on after a failure', async () => {
    const lane = createLane();
    const order: number[] = [];
    const first = held();
    const all = [
      lane('a', () => first.work().finally(() => order.push(1))),
      lane('a', async () => void order.push(2)),
      lane('b', async () => void order.push(3)),
    ];
    await all[2];
    expect(order).toEqual([3]);
    first.fail(new Error('broken'));
    await expect(all[0]).rejects.toThrow('broken');
    await all[1];
    expect(order).toEqual([3, 1, 2]);
  });

  it('refuses what comes when it is full, begins none of it, and takes more once there is room', async () => {
    const lane = createLane({ perName: 2, inAll: 3 });
    const [one, two, other] = [held(), held(), held()];
    const running = [lane('a', one.work), lane('a', two.work), lane('b', other.work)];
    let begun = 0;
    const late = async () => void (begun += 1);
    await expect(lane('a', late)).rejects.toMatchObject({ code: 'busy' });
    await expect(lane('c', late)).rejects.toMatchObject({ code: 'busy' });
    other.end();
    await running[2];
    await expect(lane('a', late)).rejects.toMatchObject({ code: 'busy' });
    await lane('c', late);
    for (const { end } of [one, two]) end();
    await Promise.all(running);
    await lane('a', late);
    expect(begun).toBe(2);
  });
});
