import { createHash } from 'node:crypto';
import type { Copy } from './copy.ts';
import type { Poll } from './link.ts';

/** One casting of a made-up poll; a voter who votes again has two. */
export interface Casting {
  readonly voter: number;
  readonly leafHash: string;
  readonly publicKey: string;
  readonly sequence: number;
  readonly at: number;
}
export interface Issuing {
  readonly voter: number;
  readonly issuer: number;
  readonly at: number;
  readonly traceId: string;
  readonly personId: string;
}
export interface MadeUpPoll {
  readonly poll: Poll;
  readonly truth: readonly number[];
  readonly castings: readonly Casting[];
  readonly issuings: readonly Issuing[];
  readonly copies: readonly Copy[];
}

/** Numbers that look random and are the same for the same seed. */
function chance(seed: number) {
  let drawn = 0;
  const hex = (bytes = 32) =>
    createHash('sha512')
      .update(`${seed}/${(drawn += 1)}`)
      .digest('hex')
      .slice(0, 2 * bytes);
  const below = (limit: number) => Number.parseInt(hex(6), 16) % limit;
  const shuffled = <T>(items: readonly T[]): T[] =>
    items
      .map((item) => [hex(8), item] as const)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([, item]) => item);
  return { hex, below, shuffled };
}

/**
 * A poll of `size` voters in batches of `batch`, every fourth of whom votes twice, and stores that keep of it what ours may
 * keep: people in the order in which they came, issuances and ballots by hash, an access log of the issuers.
 */
export function madeUpPoll(seed: number, size = 60, batch = 30): MadeUpPoll {
  const { hex, below, shuffled } = chance(seed);
  const people = Array.from({ length: size }, (_, voter) => ({
    voter,
    ids: [`per-${hex(10)}`, `per-${hex(10)}`] as const,
    reference: `ref-${voter}`,
    publicKey: hex(),
  }));
  const start = 1_790_000_000_000;
  const issuings: Issuing[] = [];
  const castings: Casting[] = [];
  let at = start;
  for (const { voter, ids, publicKey } of shuffled(people)) {
    at += 1_000 + below(60_000);
    for (const issuer of [0, 1]) {
      issuings.push({ voter, issuer, at: at + issuer * 40, traceId: hex(16), personId: ids[issuer]! });
    }
    const times = voter % 4 === 0 ? 2 : 1;
    for (let sequence = 1; sequence <= times; sequence += 1) {
      const castAt = at + 2_000 + below(3_000) + (sequence - 1) * below(3_600_000);
      castings.push({ voter, leafHash: hex(), publicKey, sequence, at: castAt });
    }
  }
  castings.sort((one, other) => one.at - other.at);
  const board = batches(castings, batch, shuffled);
  const firstBatch = new Map<string, number>();
  board.forEach((leaves, index) =>
    leaves.forEach(({ publicKey }) => firstBatch.has(publicKey) || firstBatch.set(publicKey, index)),
  );
  const keys = [...firstBatch.keys()].toSorted();
  const truth = keys.map((key) => people.findIndex(({ publicKey }) => publicKey === key));
  const poll: Poll = {
    voters: people.map(({ voter, ids }) => ({
      handles: [...ids],
      issuedAt: [0, 1].map(
        (issuer) => issuings.find((one) => one.voter === voter && one.issuer === issuer)!.at,
      ),
    })),
    ballots: keys.map((key) => ({
      handles: [
        key,
        ...castings.filter(({ publicKey }) => publicKey === key).map(({ leafHash }) => leafHash),
      ],
    })),
    batches: board.map((_, index) => {
      const ballots = keys.flatMap((key, ballot) => (firstBatch.get(key) === index ? [ballot] : []));
      return { ballots, voters: shuffled(ballots.map((ballot) => truth[ballot]!)) };
    }),
  };
  const byHash = <T>(rows: readonly T[], hashOf: (row: T) => string) =>
    rows.toSorted((one, other) => (hashOf(one) < hashOf(other) ? -1 : 1));
  const ofIssuer = (issuer: number, name: string): Copy[] => [
    {
      name: `${name}.people`,
      rows: people.map(({ ids, reference, voter }) => ({
        _id: ids[issuer],
        reference,
        createdAt: new Date(start - 86_400_000 + voter),
      })),
    },
    {
      name: `${name}.issuances`,
      rows: byHash(
        issuings
          .filter((one) => one.issuer === issuer)
          .map(({ personId }) => ({
            _id: hash(`poll ${personId}`),
            entry: personId,
            salt: hex(),
            blinded: Buffer.from(hex(64), 'hex'),
          })),
        ({ _id }) => _id,
      ),
    },
    {
      name: `log ${name}`,
      rows: issuings
        .filter((one) => one.issuer === issuer)
        .map(({ at: time, traceId }) => ({
          level: 30,
          time: new Date(time).toISOString(),
          route: '/v1/m/{municipalityId}/polls/{pollId}/certificate',
          trace_id: traceId,
          durationMs: below(90),
        })),
    },
  ];
  const copies = [
    ...ofIssuer(0, 'identity'),
    ...ofIssuer(1, 'auditor'),
    {
      name: 'ballots.leaves',
      rows: byHash(castings, ({ leafHash }) => leafHash).map(({ leafHash, publicKey, sequence }) => ({
        _id: leafHash,
        pollId: 'pol-1',
        publicKey,
        sequence,
        promise: hex(64),
      })),
    },
    {
      name: 'ballots.batches',
      rows: board.map((leaves, number) => ({
        _id: `pol-1/${number}`,
        at: new Date(at + number),
        leaves: leaves.map(({ leafHash }) => leafHash).toSorted(),
      })),
    },
    { name: 'talkoot.polls', rows: [{ type: 'org.talkoot.poll.phase-entered.v1', subject: 'pol-1' }] },
  ];
  return { poll, truth, castings, issuings, copies };
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

/** A random half as soon as 2 × `batch` wait, the rest at the end. */
function batches(
  castings: readonly Casting[],
  batch: number,
  shuffled: <T>(items: readonly T[]) => T[],
): Casting[][] {
  const board: Casting[][] = [];
  let waiting: Casting[] = [];
  for (const casting of castings) {
    waiting.push(casting);
    if (waiting.length < 2 * batch) continue;
    const mixed = shuffled(waiting);
    board.push(mixed.slice(0, batch));
    waiting = mixed.slice(batch);
  }
  return waiting.length > 0 ? [...board, waiting] : board;
}
