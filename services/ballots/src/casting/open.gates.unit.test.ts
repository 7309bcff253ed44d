import { describe, expect, it } from 'vitest';
import type { Gate } from './gate.ts';
import { openGates } from './open.gates.ts';

describe('gates as they were a moment ago', () => {
  it('are asked once by all who ask at once, and remembered only while open, for a second', async () => {
    let [gate, asked, time]: [Gate | null, number, number] = [null, 0, 0];
    const gates = openGates({ stateOf: async () => ((asked += 1), gate) }, () => time);
    expect(await Promise.all([gates.stateOf('pol-1'), gates.stateOf('pol-1')])).toEqual([null, null]);
    expect(asked).toBe(1);
    gate = 'open';
    expect(await gates.stateOf('pol-1')).toBe('open');
    gate = 'closed';
    time = 999;
    expect(await gates.stateOf('pol-1')).toBe('open');
    time = 1_000;
    expect(await gates.stateOf('pol-1')).toBe('closed');
    expect(await gates.stateOf('pol-1')).toBe('closed');
    expect(asked).toBe(4);
  });

  it('are forgotten when one was seen to be shut, or could not be read', async () => {
    let [gate, isAway]: [Gate, boolean] = ['open', false];
    const gates = openGates({
      async stateOf() {
        if (isAway) throw new Error('away');
        return gate;
      },
    });
    await gates.stateOf('pol-1');
    gate = 'closed';
    gates.sawShut('pol-1');
    expect(await gates.stateOf('pol-1')).toBe('closed');
    isAway = true;
    await expect(gates.stateOf('pol-1')).rejects.toThrow('away');
    isAway = false;
    expect(await gates.stateOf('pol-1')).toBe('closed');
  });
});
