import type { Custody, Holding } from './trustee.ts';

/** For trustees who keep nothing beyond the program that plays them. */
export function custodyInMemory(): Custody {
  let held: Holding | null = null;
  return {
    open: () => Promise.resolve(held),
    keep: (holding) => Promise.resolve(void (held = holding)),
    destroy: () => Promise.resolve(void (held = null)),
  };
}
