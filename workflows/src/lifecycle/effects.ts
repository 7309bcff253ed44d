import { ActivityFailure, ApplicationFailure, isCancellation, proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities/activities.ts';

/** Names an activity and its arguments, e.g. `call => call('closeIdeas', roundId)`. */
export type ActivityName = Extract<keyof Activities, string>;

const proxied = proxyActivities<Activities>({
  startToCloseTimeout: '30s',
  // Unlimited attempts: a service that is away comes back, and its lifecycles go on where they were.
  retry: { initialInterval: '500ms', backoffCoefficient: 2, maximumInterval: '30s' },
});

/** Calls an activity once; Temporal repeats what heals by itself. */
export function callActivity<N extends ActivityName>(
  name: N,
  summary: string,
  args: Parameters<Activities[N]>,
): ReturnType<Activities[N]> {
  type Call = { executeWithOptions(options: { summary: string }, args: unknown[]): Promise<unknown> };
  const call = (proxied as unknown as Readonly<Record<string, Call>>)[name] as Call;
  return call.executeWithOptions({ summary }, args) as ReturnType<Activities[N]>;
}

/** Why an activity was refused for good, for the operators; anything else is not an activity's failure. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof ActivityFailure) || isCancellation(error)) return null;
  const { cause } = error;
  return cause instanceof ApplicationFailure
    ? `${cause.type ?? 'unexpected'}: ${cause.message}`
    : error.message;
}

/** Pause before trying again what was refused for good: from 5 s, doubling, to 6 h. */
export function pauseBefore(attempt: number): number {
  return Math.min(5_000 * 2 ** (attempt - 1), 6 * 3_600_000);
}
