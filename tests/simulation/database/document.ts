/** A document as the database keeps it: plain values, dates and bytes. */
export type Document = { [field: string]: unknown };

/** A copy in which nothing is shared and no field is undefined, as a driver would send it. */
export function copyOf<T>(value: T): T {
  return copy(value) as T;
}

function copy(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map((one) => copy(one ?? null));
  if (value instanceof Date) return new Date(value);
  if (value instanceof Uint8Array) return value.slice();
  const copied: Document = {};
  for (const field of Object.keys(value)) {
    const one = (value as Document)[field];
    if (one !== undefined) copied[field] = copy(one);
  }
  return copied;
}
