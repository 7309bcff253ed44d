import type { LeafBinding, LeafRefusal } from '../cast/leaf.check.ts';
import { leafLength } from '../cast/leaf.ts';
import { leafChecker } from './leaf.check.ts';

/** Leaves of one poll, each of the poll's length, one after the other. */
export interface LeafGroup {
  readonly binding: LeafBinding;
  readonly leaves: Uint8Array;
}

const mostKnown = 200;
const known = new Map<string, ReturnType<typeof leafChecker>>();

/** Entry of the threads of `pooledLeafChecker`. Null for each leaf that passed every check. */
export default function checkLeaves({ binding, leaves }: LeafGroup): (LeafRefusal | null)[] {
  const check = checkerOf(binding);
  const length = leafLength(binding.manifest);
  return Array.from({ length: leaves.length / length }, (_, place) => {
    const verdict = check(leaves.subarray(place * length, (place + 1) * length));
    return verdict.accepted ? null : verdict.refusal;
  });
}

function checkerOf(binding: LeafBinding) {
  const name = Buffer.from(binding.m).toString('hex');
  const before = known.get(name);
  if (before) return before;
  if (known.size >= mostKnown) known.delete(known.keys().next().value!);
  const check = leafChecker(binding);
  known.set(name, check);
  return check;
}
