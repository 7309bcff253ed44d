import { createHmac, randomBytes, randomInt } from 'node:crypto';
import { z } from 'zod';
import { PollRefused } from '../poll.errors.ts';

const hexOf = (least: number, most = least) =>
  z
    .string()
    .min(2 * least)
    .max(2 * most)
    .regex(/^(?:[0-9a-f]{2})*$/);
const most = 20_000;

const RequestShape = z.strictObject({ prefix: hexOf(32), blinded: hexOf(256), inverse: hexOf(256) });
/** A key for which both issuers have not signed yet. */
const UnfinishedShape = z.strictObject({
  /** By which the voter is known when they come back after a failure; it goes as soon as both have signed. */
  voter: z.strictObject({ salt: hexOf(32), mark: hexOf(32) }),
  secretKey: hexOf(32),
  requests: z.tuple([RequestShape, RequestShape]),
});
export type Unfinished = z.infer<typeof UnfinishedShape>;

/** A key that may vote. */
const PoolKeyShape = z.strictObject({
  secretKey: hexOf(32),
  certificates: z.tuple([hexOf(288), hexOf(288)]),
});
export type PoolKey = z.infer<typeof PoolKeyShape>;

/** A paper under its key, ready to be sent; the key itself is gone. */
const LeafShape = z.strictObject({ leaf: hexOf(1, 65_536), promise: hexOf(64).nullable() });
export type PoolLeaf = z.infer<typeof LeafShape>;

/** What a desk keeps of a poll. Lists are in no order: they are shuffled whenever they are kept. */
export const PoolShape = z.strictObject({
  municipality: z.string(),
  poll: z.string(),
  desk: z.string(),
  /** Hash of the manifest that the certificates are bound to. */
  manifest: hexOf(32),
  unfinished: z.array(UnfinishedShape).max(most),
  keys: z.array(PoolKeyShape).max(most),
  /** Once the urn was opened. */
  entry: z
    .strictObject({
      /** Of all papers, whatever their order. */
      papersSha256: hexOf(32),
      /** Keys without a paper; they are destroyed. */
      unused: z.int().min(0),
      leaves: z.array(LeafShape).max(most),
    })
    .nullable(),
});
export type Pool = z.infer<typeof PoolShape>;

/** Where a desk keeps its pool. */
export interface PoolStore {
  /** Null before the first voter. */
  open(): Promise<Pool | null>;
  keep(pool: Pool): Promise<void>;
}

/** Which pool is meant. */
export interface PoolPlace {
  readonly municipalityId: string;
  readonly pollId: string;
  /** Hash of the manifest, hexadecimal. */
  readonly manifest: string;
}

export const emptyPool = ({ municipalityId, pollId, manifest }: PoolPlace, desk: string): Pool => ({
  municipality: municipalityId,
  poll: pollId,
  desk,
  manifest,
  unfinished: [],
  keys: [],
  entry: null,
});

/**
 * The same pool, if it is of this poll.
 * @throws PollRefused `pool-foreign`
 */
export function requirePool(pool: Pool, { municipalityId, pollId, manifest }: PoolPlace): Pool {
  if (pool.municipality === municipalityId && pool.poll === pollId && pool.manifest === manifest) return pool;
  throw new PollRefused('pool-foreign', `The pool is of ${pool.municipality}/${pool.poll}.`);
}

/** With its lists in an order that chance made: nothing tells who came when, or whose a key is. */
export function shuffledPool(pool: Pool): Pool {
  const { unfinished, keys, entry } = pool;
  return {
    ...pool,
    unfinished: shuffled(unfinished),
    keys: shuffled(keys),
    entry: entry && { ...entry, leaves: shuffled(entry.leaves) },
  };
}

/** All of them, each order as likely as any other. */
export function shuffled<T>(list: readonly T[]): T[] {
  const mixed = [...list];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = randomInt(last + 1);
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}

/** By which a voter whose issue was interrupted is known again. */
export function markOf(nationalId: string): Unfinished['voter'] {
  const salt = randomBytes(32);
  return { salt: salt.toString('hex'), mark: markUnder(salt, nationalId) };
}

export function isMarked({ salt, mark }: Unfinished['voter'], nationalId: string): boolean {
  return markUnder(Buffer.from(salt, 'hex'), nationalId) === mark;
}

/** Case, spaces and width do not make another national id. */
function markUnder(salt: Uint8Array, nationalId: string): string {
  const normal = nationalId.normalize('NFKC').replaceAll(/\s/g, '').toUpperCase();
  return createHmac('sha256', salt).update(normal).digest('hex');
}

/** For desks that keep nothing beyond the program that plays them. */
export function poolInMemory(): PoolStore {
  let kept: Pool | null = null;
  return {
    open: () => Promise.resolve(kept),
    keep: (pool) => Promise.resolve(void (kept = shuffledPool(pool))),
  };
}
