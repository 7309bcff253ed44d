import { setTimeout as sleep } from 'node:timers/promises';

/** Named checks of what a process needs; a check that throws or takes longer than 2 s has failed. */
export type Readiness = Readonly<Record<string, () => Promise<void> | void>>;

export interface ReadinessReport {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, 'ok' | 'failed' | 'timed out'>>;
}

/** Runs all checks at once. */
export async function checkReadiness(readiness: Readiness, deadlineMs = 2_000): Promise<ReadinessReport> {
  const checks = await Promise.all(
    Object.entries(readiness).map(
      async ([name, check]) => [name, await outcomeOf(check, deadlineMs)] as const,
    ),
  );
  return { ready: checks.every(([, outcome]) => outcome === 'ok'), checks: Object.fromEntries(checks) };
}

async function outcomeOf(check: () => Promise<void> | void, deadlineMs: number) {
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
