import type { Turns } from './memory.connection.ts';

/** Everything at once and nothing goes wrong: for what comes before a run, and for tests. */
export const atOnce: Turns = {
  perform: async (_process, _label, act) => act(),
  faults: { crash: 0, loss: 0, repeat: 0, abort: 0 },
  random: {
    chance: () => false,
    between: (least) => least,
    pick: (from) => from[0]!,
    some: (from) => [...from],
  },
  now: 0,
};
