import type { LeafRefusal } from '@talkoot/ballot-protocol';
import { leafHash } from '@talkoot/ballot-protocol/node';
import { DomainError } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import type { Board } from '../board/board.ts';
import type { SealedPoll } from '../board/sealed.poll.ts';
import { answerTo } from './gate.ts';
import type { Gate } from './gate.ts';
import type { GateStore } from './gate.store.ts';
import type { LeafStore } from './leaf.store.ts';
import { leafWriter } from './leaf.writer.ts';
import type { LeafWriter } from './leaf.writer.ts';
import { openGates } from './open.gates.ts';
import type { OpenGates } from './open.gates.ts';

export interface CastingParts {
  readonly connection: Connection;
  readonly board: Pick<Board, 'pollOf' | 'stored'>;
  readonly gates: GateStore;
  readonly leaves: LeafStore;
}

interface Working {
  readonly board: CastingParts['board'];
  readonly leaves: LeafStore;
  readonly gates: OpenGates;
  readonly writer: LeafWriter;
}

export interface PromisedHash {
  readonly leafHash: Uint8Array;
  readonly promise: Uint8Array;
}

/** Most leaves that may be checked and stored at once; a device that is refused sends its leaf again. */
const mostAtOnce = 4_000;

/** Takes in leaves, and promises to publish those that are certain to be on the board. */
export function castingOf(parts: CastingParts) {
  const working = { ...parts, gates: openGates(parts.gates), writer: leafWriter(parts) };
  let underWay = 0;
  return {
    /**
     * The same leaf again gets the same promise.
     * @throws DomainError any of the problems of `castBallot`
     */
    async cast(pollId: string, bytes: Uint8Array): Promise<PromisedHash> {
      if (underWay >= mostAtOnce) throw new DomainError('too-many-ballots-at-once');
      underWay += 1;
      try {
        return await cast(working, pollId, bytes);
      } finally {
        underWay -= 1;
      }
    },
  };
}
export type Casting = ReturnType<typeof castingOf>;

async function cast(parts: Working, pollId: string, bytes: Uint8Array): Promise<PromisedHash> {
  const poll = await parts.board.pollOf(pollId);
  const gate = poll && (await parts.gates.stateOf(pollId));
  if (!gate) throw new DomainError('poll-not-open');
  const verdict = await poll.check(bytes);
  if (!verdict.accepted) throw new DomainError(codes[verdict.refusal]);
  const { publicKey, sequence } = verdict.leaf;
  const hash = leafHash(bytes);
  const { state, gateAfter } =
    gate === 'open'
      ? await parts.writer.put({ hash, poll: pollId, publicKey, sequence, bytes })
      : await known(parts, pollId, hash, gate);
  if (gateAfter !== 'open') parts.gates.sawShut(pollId);
  else if (state === 'waiting') parts.board.stored(poll);
  const answer = answerTo(state, gateAfter);
  if (answer !== 'promise') throw new DomainError(answer);
  return { leafHash: hash, promise: await promised(poll, hash) };
}

/** Once the gate is shut nothing is stored; a leaf that is on the board is promised all the same. */
async function known({ leaves }: Working, pollId: string, hash: Uint8Array, gateAfter: Gate) {
  return { state: await leaves.stateOf(pollId, hash), gateAfter };
}

async function promised(
  { binding, requireCurrent, sign }: SealedPoll,
  hash: Uint8Array,
): Promise<Uint8Array> {
  await requireCurrent();
  return sign(binding.m, hash);
}

const codes: Record<LeafRefusal, string> = {
  'leaf-length-wrong': 'leaf-malformed',
  'sequence-out-of-range': 'sequence-out-of-range',
  'public-key-invalid': 'public-key-invalid',
  'first-certificate-invalid': 'first-certificate-invalid',
  'second-certificate-invalid': 'second-certificate-invalid',
  'signature-invalid': 'signature-invalid',
};
