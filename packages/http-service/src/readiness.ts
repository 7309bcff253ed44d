import { setTimeout as sleep } from 'node:timers/promises';

type Check = () => Promise<void> | void;

/**
 * Named checks of what a process needs; a check that throws or takes longer than 2 s has failed. One with `needed: false`
 * only shows: requests are served without it.
 */
export type Readiness = Readonly<Record<string, Check | { readonly check: Check; readonly needed: false }>>;

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, 'ok' | 'failed' | 'timed out'>>;
}

/** Runs all checks at once. */
export async function checkReadiness(readiness: Readiness, deadlineMs = 2_000): Promise<ReadinessReport> {
  const checks = await Promise.all(
    Object.entries(readiness).map(async ([name, part]) => {
      const { check, needed } = typeof part === 'function' ? { check: part, needed: true } : part;
      return { name, needed, outcome: await outcomeOf(check, deadlineMs) };
    }),
  );
  return {
    ready: checks.every(({ needed, outcome }) => !needed || outcome === 'ok'),
    checks: Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome])),
  };
}

async function outcomeOf(check: Check, deadlineMs: number) {
  const over = new AbortController();
  const late = sleep(deadlineMs, 'timed out' as const, { signal: over.signal, ref: false });
  late.catch(() => undefined);
  try {
    const run = Promise.resolve()
      .then(check)
      .then(() => 'ok' as const);
    return await Promise.race([run, late]);
  } catch {
    return 'failed' as const;
  } finally {
    over.abort();
  }
}
