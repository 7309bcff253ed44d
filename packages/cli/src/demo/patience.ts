import { ApiProblem, createClient, ServiceUnreachable } from '@talkoot/api-contracts';
import type { ApiSpec, CallOptions, Client } from '@talkoot/api-contracts';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** How long a call or a wait may take before the demo gives up: longer than any restart of a killed process. */
export const PATIENCE_MS = 180_000;
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 1_000;

/**
 * A client that repeats a call with the same Idempotency-Key while the service is away or does not know the outcome,
 * as every client of Talkoot may: a repeated act is done once.
 */
export function patientClient<A extends ApiSpec>(
  api: A,
  options: { baseUrl: string; token?: () => Promise<string> },
): Client<A> {
  const client = createClient(api, { ...options, deadlineMs: 20_000 }) as unknown as Record<
    string,
    (input: CallOptions) => Promise<unknown>
  >;
  const calls = Object.entries(api.routes).map(([name, { kind }]) => {
    const keyed = kind === 'create' || kind === 'move';
    const call = (input: CallOptions) => patiently(() => client[name]!(input));
    return [
      name,
      (input: CallOptions) => call(keyed ? { idempotencyKey: randomUUID(), ...input } : input),
    ] as const;
  });
  return { ...client, ...Object.fromEntries(calls) } as unknown as Client<A>;
}

/** Repeats while the answer says that trying again may help. */
export function patiently<T>(work: () => Promise<T>): Promise<T> {
  return repeatedly(work, mayHeal);
}

/** Repeats while what is thrown may be over the next time. */
export async function repeatedly<T>(
  work: () => Promise<T>,
  mayHeal: (error: unknown) => boolean,
): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!mayHeal(error) || Date.now() > deadline) throw error;
      await sleep(pause);
    }
  }
}

function mayHeal(error: unknown): boolean {
  if (error instanceof ServiceUnreachable) return true;
  return error instanceof ApiProblem && error.status === 503;
}

/** The awaited condition did not come true in time. */
export class NeverHappened extends Error {
  override readonly name = 'NeverHappened';
}

/** Looks until `met`; lifecycles move by events, so what an act causes is seen a moment later. */
export async function until<T>(what: string, look: () => Promise<T>, met: (seen: T) => boolean): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 1.5, LONGEST_PAUSE_MS)) {
    const seen = await look();
    if (met(seen)) return seen;
    if (Date.now() > deadline) {
      throw new NeverHappened(
        `${what} did not happen within ${PATIENCE_MS / 1000} s: ${JSON.stringify(seen).slice(0, 600)}`,
      );
    }
    await sleep(pause);
  }
}
