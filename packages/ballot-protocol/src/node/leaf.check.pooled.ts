import { Piscina } from 'piscina';
import { readLeaf } from '../cast/leaf.check.ts';
import type { LeafBinding, LeafRefusal, LeafVerdict } from '../cast/leaf.check.ts';
import type { Leaf } from '../cast/leaf.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import type { LeafGroup } from './leaf.check.worker.ts';

interface Waiting extends PromiseWithResolvers<LeafVerdict> {
  readonly bytes: Uint8Array;
  readonly leaf: Leaf;
}

/** Each checks some four thousand leaves a second: two keep up with whatever one event loop takes in. */
const threads = 2;
/** Two for each thread: none waits for the event loop. */
const groupsAtOnce = 2 * threads;
/** Leaves that a thread checks in one go, which takes it some ten milliseconds. */
const mostTogether = 32;

/** Of all polls of the process. Threads that are idle keep no process alive. */
let pool: Piscina<LeafGroup, (LeafRefusal | null)[]> | undefined;

/**
 * As `leafChecker`, in threads: for a service that has to go on answering meanwhile. Leaves that come while others are checked
 * are handed over together: handing one over costs half as much as checking it.
 */
export function pooledLeafChecker(binding: BindingManifest): (bytes: Uint8Array) => Promise<LeafVerdict> {
  const light = lightened(binding);
  const waiting: Waiting[] = [];
  let underWay = 0;

  async function checkAll(): Promise<void> {
    underWay += 1;
    while (waiting.length > 0) {
      const group = waiting.splice(0, mostTogether);
      try {
        const refusals = await refusalsOf(light, group);
        for (const [place, { leaf, resolve }] of group.entries()) resolve(verdictOf(leaf, refusals[place]!));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    underWay -= 1;
  }

  return async (bytes) => {
    const claims = readLeaf(light, bytes);
    if (typeof claims === 'string') return { accepted: false, refusal: claims };
    const one = { bytes, leaf: claims.leaf, ...Promise.withResolvers<LeafVerdict>() };
    waiting.push(one);
    if (underWay < groupsAtOnce) void checkAll();
    return one.promise;
  };
}

/** No more of a manifest than a leaf is checked against: it is copied with every group. */
function lightened({ manifest: { ballot, issuers }, m }: BindingManifest): LeafBinding {
  const [first, second] = issuers;
  return {
    m,
    manifest: {
      ballot: { length: ballot.length },
      issuers: [{ modulus: first.modulus }, { modulus: second.modulus }],
    },
  };
}

async function refusalsOf(
  binding: LeafBinding,
  group: readonly Waiting[],
): Promise<readonly (LeafRefusal | null)[]> {
  pool ??= new Piscina({
    filename: new URL('leaf.check.worker.ts', import.meta.url).href,
    minThreads: threads,
    maxThreads: threads,
  });
  const length = group[0]!.bytes.length;
  const leaves = new Uint8Array(group.length * length);
  for (const [place, { bytes }] of group.entries()) leaves.set(bytes, place * length);
  return pool.run({ binding, leaves }, { transferList: [leaves.buffer] });
}

function verdictOf(leaf: Leaf, refusal: LeafRefusal | null): LeafVerdict {
  return refusal === null ? { accepted: true, leaf } : { accepted: false, refusal };
}
