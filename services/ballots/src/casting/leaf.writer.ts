import type { Connection } from 'mongoose';
import type { Gate, LeafState } from './gate.ts';
import type { GateStore } from './gate.store.ts';
import type { CheckedLeaf, LeafStore } from './leaf.store.ts';

export interface LeafWriterParts {
  readonly connection: Connection;
  readonly leaves: Pick<LeafStore, 'insert'>;
  readonly gates: Pick<GateStore, 'statesOf'>;
}

/** What became of a leaf, and where the gate stood once that was durable. */
export interface WrittenLeaf {
  readonly state: LeafState;
  readonly gateAfter: Gate;
}

interface WaitingLeaf extends PromiseWithResolvers<WrittenLeaf> {
  readonly leaf: CheckedLeaf;
}

/** Most leaves in one write. */
const mostTogether = 500;
/** Writes under way: with two, groups are half as large, and each costs nearly as much. */
const mostWrites = 1;

/**
 * Stores leaves durably, those together that arrive while a write is under way: a flush of the journal then serves all
 * of them. Each is answered when the group that holds it is durable and the gate was read after that.
 */
export function leafWriter({ connection, leaves, gates }: LeafWriterParts) {
  const waiting: WaitingLeaf[] = [];
  let writes = 0;

  async function writeAll(): Promise<void> {
    writes += 1;
    while (waiting.length > 0) {
      const group = waiting.splice(0, mostTogether);
      try {
        const written = await write(group.map(({ leaf }) => leaf));
        for (const [place, one] of group.entries()) one.resolve(written[place]!);
      } catch (error) {
        for (const one of group) one.reject(error);
      }
    }
    writes -= 1;
  }

  /** In one session, whose reads are never older than its writes, whichever server answers them. */
  async function write(group: readonly CheckedLeaf[]): Promise<WrittenLeaf[]> {
    const session = await connection.startSession({ causalConsistency: true });
    try {
      const states = await leaves.insert(group, session);
      const gatesAfter = await gates.statesOf([...new Set(group.map(({ poll }) => poll))], session);
      return states.map((state, place) => ({
        state,
        gateAfter: gatesAfter.get(group[place]!.poll) ?? 'closed',
      }));
    } finally {
      await session.endSession();
    }
  }

  return {
    /** Bounded by who calls: see `castingOf`. */
    put(leaf: CheckedLeaf): Promise<WrittenLeaf> {
      const one = { leaf, ...Promise.withResolvers<WrittenLeaf>() };
      waiting.push(one);
      if (writes < mostWrites) void writeAll();
      return one.promise;
    },
  };
}
export type LeafWriter = ReturnType<typeof leafWriter>;
