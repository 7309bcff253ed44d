import { DomainError } from '@talkoot/http-service';

/** Runs work under one name one after another, and work under other names beside it. */
export interface Lane {
  /** @throws DomainError `busy` when as many wait as may; the work has not begun then */
  <T>(name: string, work: () => Promise<T>): Promise<T>;
}

export interface LaneBounds {
  /** Works under one name, the running one among them: what a request can wait for within its deadline. */
  readonly perName: number;
  /** Works under all names together. */
  readonly inAll: number;
}
const USUAL: LaneBounds = { perName: 256, inAll: 2_048 };

/**
 * A queue within this process for transactions that meet on one document. It only saves tries: rivals in another
 * process conflict in the database, which alone decides.
 */
export function createLane({ perName, inAll }: LaneBounds = USUAL): Lane {
  const lanes = new Map<string, { last: Promise<unknown> | null; length: number }>();
  let total = 0;
  return async (name, work) => {
    const lane = lanes.get(name) ?? { last: null, length: 0 };
    if (lane.length >= perName || total >= inAll) throw new DomainError('busy');
    lanes.set(name, lane);
    lane.length += 1;
    total += 1;
    const mine = lane.last ? lane.last.then(work, work) : work();
    lane.last = mine;
    try {
      return await mine;
    } finally {
      lane.length -= 1;
      total -= 1;
      if (lane.length === 0) lanes.delete(name);
    }
  };
}
