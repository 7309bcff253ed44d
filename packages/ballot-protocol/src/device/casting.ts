import { equalBytes } from '@noble/curves/utils.js';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { BoardError } from '../board/board.errors.ts';
import { leafHash } from '../board/merkle.hash.ts';
import type { Verify } from '../board/note.key.ts';
import { isPromised } from '../board/promise.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { afterAnswer, newCast, nextAct } from './casting.course.ts';
import type { CastAct, CastAnswer, CastState, Taker } from './casting.course.ts';
import { leafHashesOf, standingBoard } from './standing.board.ts';
import type { TileFetcher } from './standing.board.ts';

/**
 * What board or relay answered to a leaf. `silent`: nothing in time, or that it should be sent again later (5xx).
 * `promise` has 64 bytes.
 */
export type SendAnswer =
  | { readonly answer: 'promised'; readonly promise: Uint8Array }
  | { readonly answer: 'kept' | 'silent' }
  | { readonly answer: 'refused'; readonly code: string };

/**
 * How a device reaches others, and what it needs of itself. Nothing here may send a token, a cookie or a referrer. All may
 * reject: that counts as silence. Each call has a deadline of its own.
 */
export interface CastPorts {
  readonly send: (to: Taker, leaf: Uint8Array) => Promise<SendAnswer>;
  /** The checkpoint that the board serves, as a signed note. */
  readonly checkpoint: () => Promise<string>;
  readonly tile: TileFetcher;
  /** Whether the board takes a leaf followed by its promise as a complaint; `silent` as above. */
  readonly complain: (complaint: Uint8Array) => Promise<'taken' | 'refused' | 'silent'>;
  /** Keeps the state beside the leaf, before anything follows from it. A rejection ends the casting. */
  readonly keep: (state: CastState) => Promise<void>;
  readonly rest: (ms: number) => Promise<void>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** From 0 to 1. */
  readonly random: () => number;
  /** A faster verification that agrees with `verifySignature`. */
  readonly verify?: Verify;
}

/** Time in which a board that closed has to publish what it promised, in milliseconds: an hour. */
const publishedWithin = 3_600_000;

/** A leaf on its way. */
export interface Casting {
  readonly binding: BindingManifest;
  /** Sent as it is, however often. */
  readonly leaf: Uint8Array;
  readonly ports: CastPorts;
  /** Shortest and longest rest, in milliseconds; they double in between. */
  readonly rests: { readonly first: number; readonly longest: number };
}

export interface CastGoal {
  /** `promised`: as soon as there is a receipt; `included`: not before the leaf is found on the board. */
  readonly until: 'promised' | 'included';
  /** In milliseconds since 1970: whatever is reached then is answered. */
  readonly deadline: number;
}

/**
 * Casts a leaf and follows it: to the board, and to the relay where the board does not answer or refuses it, again and again;
 * once it is promised it looks for it among all hashes of the board and sends the same leaf again until it is found there.
 * If the board closes without it, it complains.
 * @param state where an earlier call ended; a new leaf unless said
 * @returns the state at the goal, at an end that nothing changes any more, or at the deadline
 * @throws what `keep` rejects with
 */
export async function castAndFollow(
  casting: Casting,
  { until, deadline }: CastGoal,
  state: CastState = newCast,
): Promise<CastState> {
  const { ports } = casting;
  const act = actor(casting, deadline);
  const isReached = ({ promise }: CastState) => until === 'promised' && promise !== null;
  let reached = state;
  while (ports.now() < deadline && !isReached(reached)) {
    const next = nextAct(reached);
    if (next.act === 'end') break;
    reached = afterAnswer(reached, await act(next, reached));
    await ports.keep(reached);
  }
  return reached;
}

/**
 * How long to rest when nothing came of asking `vain` times: doubling, and anything from half of that on, so that devices that
 * were turned away together do not come back together, and nobody tells by its times which device asks.
 * @param random from 0 to 1
 */
export function restAfter(vain: number, { first, longest }: Casting['rests'], random: number): number {
  const most = Math.min(longest, first * 2 ** Math.min(Math.max(vain - 1, 0), 30));
  return most * (0.5 + random / 2);
}

type RunningAct = Exclude<CastAct, { act: 'end' }>;

function actor({ binding, leaf, ports, rests }: Casting, deadline: number) {
  const own = leafHash(leaf);
  const { manifest } = binding;
  const promiser = {
    manifest: binding.m,
    boardKey: hexToBytes(manifest.board.publicKey),
    ...(ports.verify && { verify: ports.verify }),
  };
  /** Of the last checkpoint in which the leaf was not. */
  let without = 0;

  async function send(to: Taker): Promise<CastAnswer> {
    const given = await ports.send(to, leaf);
    const isPromise = given.answer === 'promised' && isPromised(own, given.promise, promiser);
    // A promise that is none is no answer.
    return given.answer === 'promised' && !isPromise
      ? { to: 'send', answer: 'silent' }
      : { to: 'send', ...given };
  }

  const isOver = () =>
    manifest.windows !== null && ports.now() >= Date.parse(manifest.windows.castingCloses) + publishedWithin;

  async function look(): Promise<CastAnswer> {
    const checkpoint = standingBoard(manifest, await ports.checkpoint(), ports.verify);
    const { size } = checkpoint;
    if (size <= without) return { to: 'look', answer: 'missing', isOver: isOver() };
    let index: number | undefined;
    let place = 0;
    for await (const hash of leafHashesOf(checkpoint, untilDeadline)) {
      if (equalBytes(hash, own)) index ??= place;
      place += 1;
    }
    if (index !== undefined) return { to: 'look', answer: 'included', index, size };
    without = size;
    return { to: 'look', answer: 'missing', isOver: isOver() };
  }

  async function untilDeadline(path: string): Promise<Uint8Array> {
    if (ports.now() >= deadline) throw new BoardError('node-missing', 'no time is left to read the board');
    return ports.tile(path);
  }

  async function rest({ vain }: CastState): Promise<CastAnswer> {
    const left = deadline - ports.now();
    await ports.rest(Math.max(0, Math.min(restAfter(vain, rests, ports.random()), left)));
    return { to: 'rest' };
  }

  const complain = async (promise: Uint8Array): Promise<CastAnswer> => ({
    to: 'complain',
    answer: await ports.complain(concatBytes(leaf, promise)),
  });

  return (next: RunningAct, state: CastState): Promise<CastAnswer> => {
    if (next.act === 'send') return send(next.to).catch(() => ({ to: 'send', answer: 'silent' }));
    if (next.act === 'look') return look().catch(() => ({ to: 'look', answer: 'silent', isOver: isOver() }));
    if (next.act === 'rest') return rest(state);
    return complain(state.promise!).catch(() => ({ to: 'complain', answer: 'silent' }));
  };
}
