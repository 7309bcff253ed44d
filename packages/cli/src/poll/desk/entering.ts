import { canonicalJson, castLeaf, isPromised, leafHash, publicKeyOf } from '@talkoot/ballot-protocol';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import { createHash } from 'node:crypto';
import type { PollOnDevice } from '../../demo/voting/device.ts';
import { PollRefused } from '../poll.errors.ts';
import { requirePool, shuffled } from './pool.ts';
import type { Pool, PoolKey, PoolLeaf, PoolStore } from './pool.ts';

export interface EnteringDesk {
  /** Without a token: nobody may know from whom a ballot comes. */
  readonly ballots: {
    castBallot(call: {
      readonly params: { readonly pollId: string };
      readonly body: Uint8Array<ArrayBuffer>;
    }): Promise<{ readonly promise: string }>;
  };
  readonly poll: { readonly municipalityId: string; readonly pollId: string };
  readonly onDevice: PollOnDevice;
  readonly store: PoolStore;
}

/** What became of an urn. */
export interface Entered {
  readonly desk: string;
  readonly papers: number;
  /** By this call; the others were promised before. */
  readonly cast: number;
  /** Certificates whose paper is not in the urn. */
  readonly unused: number;
}

/** Promises that may have to be asked for again after a crash. */
const keptEvery = 50;

/**
 * Casts the papers of an urn under keys of the pool, dealt to them by lot. The leaves are kept before the first is sent and
 * sent as they are until each is promised, so that nothing is cast twice however often this is interrupted and repeated.
 * @param papers plaintexts, hexadecimal, ascending
 * @throws PollRefused `pool-missing`, `pool-foreign`, `papers-missing`, `more-papers-than-keys`, `other-papers`,
 * `promise-broken`
 */
export async function enter(at: EnteringDesk, papers: readonly string[]): Promise<Entered> {
  const pool = await entered(at, papers);
  const { leaves, unused } = pool.entry!;
  const promised = leaves.filter(({ promise }) => promise !== null);
  const cast = await castAll(at, pool, promised);
  return { desk: pool.desk, papers: leaves.length, cast, unused };
}

/** The pool with a leaf of each paper. */
async function entered({ poll, onDevice, store }: EnteringDesk, papers: readonly string[]): Promise<Pool> {
  const opened = await store.open();
  if (opened === null) throw new PollRefused('pool-missing', 'There is no pool of this desk here.');
  const pool = requirePool(opened, { ...poll, manifest: hex(onDevice.binding.m) });
  const papersSha256 = createHash('sha256').update(canonicalJson(papers)).digest('hex');
  if (pool.entry !== null) {
    if (pool.entry.papersSha256 === papersSha256) return pool;
    throw new PollRefused('other-papers', 'The urn of this pool was entered before, with other papers.');
  }
  if (papers.length === 0) throw new PollRefused('papers-missing', 'There are no papers in the files.');
  const { length } = pool.keys;
  if (papers.length > length) {
    throw new PollRefused(
      'more-papers-than-keys',
      `The urn has ${papers.length} papers, and certificates were issued for ${length} voters; nothing was cast.`,
    );
  }
  const leaves = await leavesOf(onDevice, papers, pool.keys);
  const entry = { papersSha256, unused: length - papers.length, leaves };
  // With the leaves the keys are gone: nobody votes again in the name of a paper.
  const next: Pool = { ...pool, unfinished: [], keys: [], entry };
  await store.keep(next);
  return next;
}

async function leavesOf(
  { binding }: PollOnDevice,
  papers: readonly string[],
  keys: readonly PoolKey[],
): Promise<PoolLeaf[]> {
  const dealt = shuffled(keys);
  const leaves: PoolLeaf[] = [];
  for (const [at, plaintext] of papers.entries()) {
    const { secretKey, certificates } = dealt[at]!;
    const leaf = await castLeaf(binding, {
      key: { secretKey: bytes(secretKey), publicKey: publicKeyOf(bytes(secretKey)) },
      certificates: [bytes(certificates[0]), bytes(certificates[1])],
      sequence: 1,
      plaintext: bytes(plaintext),
    });
    leaves.push({ leaf: hex(leaf), promise: null });
  }
  return leaves;
}

/** @returns how many were cast */
async function castAll(at: EnteringDesk, pool: Pool, promised: readonly PoolLeaf[]): Promise<number> {
  const entry = pool.entry!;
  const waiting = shuffled(entry.leaves.filter(({ promise }) => promise === null));
  const done: PoolLeaf[] = [];
  const keep = () => {
    const leaves = [...promised, ...done, ...waiting.slice(done.length)];
    return at.store.keep({ ...pool, entry: { ...entry, leaves } });
  };
  try {
    for (const { leaf } of waiting) {
      done.push({ leaf, promise: await promiseOf(at, leaf) });
      if (done.length % keptEvery === 0) await keep();
    }
  } finally {
    if (done.length % keptEvery !== 0) await keep();
  }
  return done.length;
}

async function promiseOf(
  { ballots, poll: { pollId }, onDevice }: EnteringDesk,
  leaf: string,
): Promise<string> {
  const { binding } = onDevice;
  const body = bytes(leaf);
  const { promise } = await ballots.castBallot({ params: { pollId }, body });
  const boardKey = Buffer.from(binding.manifest.board.publicKey, 'hex');
  const promiser = { manifest: binding.m, boardKey, verify: verifySignature };
  if (isPromised(leafHash(body), Buffer.from(promise, 'hex'), promiser)) return promise;
  throw new PollRefused(
    'promise-broken',
    'The board did not sign its promise; nothing is lost, ask its operator.',
  );
}

const hex = (value: Uint8Array) => Buffer.from(value).toString('hex');
const bytes = (text: string) => Uint8Array.from(Buffer.from(text, 'hex'));
