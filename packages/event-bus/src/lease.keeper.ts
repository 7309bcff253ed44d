import type { Logger } from 'pino';
import { backOff, type Bell } from './bell.ts';
import { errorCodeOf } from './bus.errors.ts';
import type { Lease } from './lease.ts';

/** Settings of {@link keepLease}. */
export interface LeaseKeeping {
  readonly lease: Lease;
  /** For how long the lease was made; it is asked for three times as often. */
  readonly ttlMs: number;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Rings when the keeper is to look whether it should stop. */
  readonly bell: Bell;
  /** Whose lease it is, for the log. */
  readonly holder: string;
  /** Runs before the lease is first asked for, and again until it succeeds. */
  readonly prepare: () => Promise<unknown>;
  /** Runs each time the lease becomes ours. */
  readonly onTaken: () => void;
}

export interface LeaseKeeper {
  readonly finished: Promise<void>;
  /** `asked`: the database has answered once; `failing`: it has not for longer than two terms. */
  state(): { readonly asked: boolean; readonly failing: boolean };
}

/** Asks for a lease and renews it until `signal` aborts; losing the database is waited out. Does not release it. */
export function keepLease(keeping: LeaseKeeping): LeaseKeeper {
  const { lease, ttlMs, log, signal, bell, holder } = keeping;
  let asked = false;
  let answeredAt = performance.now();
  let failures = 0;
  const loop = async () => {
    while (!signal.aborted) {
      try {
        if (!asked) await keeping.prepare();
        const before = lease.held();
        const active = await lease.take();
        if (active && !before) keeping.onTaken();
        asked = true;
        answeredAt = performance.now();
        failures = 0;
      } catch (error) {
        failures += 1;
        log.warn({ code: errorCodeOf(error) }, `The ${holder} cannot renew its lease`);
      }
      await bell.wait(failures > 0 ? backOff(failures, 100, ttlMs / 3) : ttlMs / 3);
    }
  };
  return {
    finished: loop(),
    state: () => ({ asked, failing: performance.now() - answeredAt > 2 * ttlMs }),
  };
}
