/** How patient the supervisor is with a process that keeps exiting. Milliseconds. */
export interface RestartPolicy {
  readonly firstDelay: number;
  readonly longestDelay: number;
  /** A process that ran this long is considered healthy again. */
  readonly stableAfter: number;
  /** Exits in a row, before it was ever ready, after which it is given up. */
  readonly startAttempts: number;
}

export const usualPolicy: RestartPolicy = {
  firstDelay: 200,
  longestDelay: 10_000,
  stableAfter: 10_000,
  startAttempts: 5,
};

/** What is remembered about a process between its exits. */
export interface RestartHistory {
  readonly exitsInARow: number;
  readonly everReady: boolean;
}

export type RestartDecision =
  | { readonly kind: 'restart'; readonly delay: number; readonly history: RestartHistory }
  | { readonly kind: 'give up' };

/**
 * Decides what follows an unexpected exit. The delay doubles with each exit in a row; a process that
 * once served is restarted for ever, one that never did is given up.
 */
export function afterExit(history: RestartHistory, ranFor: number, policy: RestartPolicy): RestartDecision {
  const exitsInARow = ranFor >= policy.stableAfter ? 1 : history.exitsInARow + 1;
  if (!history.everReady && exitsInARow >= policy.startAttempts) return { kind: 'give up' };
  const delay = Math.min(policy.firstDelay * 2 ** (exitsInARow - 1), policy.longestDelay);
  return { kind: 'restart', delay, history: { ...history, exitsInARow } };
}
