/** Logs whose origins begin and end so are signed with this key. */
export interface WatchedLogs {
  readonly prefix: string;
  readonly suffix: string;
  /** Ed25519, 32 bytes. */
  readonly publicKey: Uint8Array;
}

/**
 * Whose log an origin names: of the entries that it begins and ends with, the one that says most of it, so that no key
 * can sign for a log that is more nearly another's. Of two that say equally much, the one with the longer end.
 */
export function watchedAs(entries: readonly WatchedLogs[], origin: string): WatchedLogs | undefined {
  return entries.filter((entry) => isNamedBy(entry, origin)).toSorted(byNearness)[0];
}

/** Two entries that say the same of their logs: one of the keys would never be asked for. */
export function isAmbiguous(entries: readonly WatchedLogs[]): boolean {
  return new Set(entries.map(nameOf)).size !== entries.length;
}

/** An entry by what it says of its logs. Origins hold no space. */
export function nameOf({ prefix, suffix }: WatchedLogs): string {
  return `${prefix} ${suffix}`;
}

function isNamedBy({ prefix, suffix }: WatchedLogs, origin: string): boolean {
  const isLongEnough = origin.length >= prefix.length + suffix.length;
  return isLongEnough && origin.startsWith(prefix) && origin.endsWith(suffix);
}

function byNearness(a: WatchedLogs, b: WatchedLogs): number {
  const said = ({ prefix, suffix }: WatchedLogs) => prefix.length + suffix.length;
  return said(b) - said(a) || b.suffix.length - a.suffix.length;
}
