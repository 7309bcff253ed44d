/** Where faults are told: a logger of pino has this shape. */
export interface FaultLog {
  warn(fields: object, message: string): void;
}

export interface WitnessFaultsOptions {
  readonly log: FaultLog;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** A witness is told of again after this time: boards may ask it several times a second. */
const lineEveryMs = 60_000;
/** How long a fault shows. Whoever signs asks all witnesses at least once a minute. */
const showsForMs = 90_000;
const mostKnown = 1_000;

/**
 * Tells operators of witnesses that do not do what they are asked, though the others are still enough: a line a minute in the log
 * for each, and a check for `/ready`.
 */
export function witnessFaults({ log, now = Date.now }: WitnessFaultsOptions) {
  const lastFault = new Map<string, number>();
  const nextLine = new Map<string, number>();

  return {
    /** For `onFault` of every log of the process. */
    hear: (witness: string, fault: unknown): void => {
      if (lastFault.size >= mostKnown && !lastFault.has(witness)) return;
      lastFault.set(witness, now());
      if (now() < (nextLine.get(witness) ?? 0)) return;
      nextLine.set(witness, now() + lineEveryMs);
      log.warn({ witness, err: fault }, 'a witness does not cosign');
    },

    /** @throws Error naming the witnesses that were at fault in the last ninety seconds */
    check: (): void => {
      const lately = [...lastFault].filter(([, at]) => now() < at + showsForMs).map(([witness]) => witness);
      if (lately.length > 0) throw new Error(`These do not cosign: ${lately.join(', ')}`);
    },
  };
}
