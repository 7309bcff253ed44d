/** Wakes one waiting loop early. Rings while nobody waits are remembered as one. */
export function createBell() {
  let rung = false;
  let wake: (() => void) | null = null;
  return {
    ring(): void {
      rung = true;
      wake?.();
    },
    /** Returns when rung or after `ms`, whichever is first. */
    async wait(ms: number): Promise<void> {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, ms);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      wake = null;
      rung = false;
    },
  };
}

export type Bell = ReturnType<typeof createBell>;

/** Waiting time before attempt `failures + 1`: doubles up to the cap, with up to a quarter off. */
export function backOff(failures: number, firstMs: number, capMs: number): number {
  const full = Math.min(firstMs * 2 ** Math.min(failures - 1, 20), capMs);
  return full * (0.75 + Math.random() / 4);
}
