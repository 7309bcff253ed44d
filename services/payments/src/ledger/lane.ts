/** Runs work under one name one after another, and work under other names beside it. */
export interface Lane {
  <T>(name: string, work: () => Promise<T>): Promise<T>;
}

/**
 * A queue within this process for transactions that meet on one document. It only saves tries: rivals in another
 * process conflict in the database, which alone decides.
 */
export function createLane(): Lane {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = last.get(name);
    const mine = before ? before.then(work, work) : work();
    last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (last.get(name) === mine) last.delete(name);
    }
  };
}
