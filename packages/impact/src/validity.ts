/** Ids must be distinct wherever an order or an outcome hangs on them. */
export function repeats(ids: readonly string[]): boolean {
  return new Set(ids).size !== ids.length;
}

/** An exact integer of zero or more. */
export function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}
