import { defineApi } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { PollShape } from '@talkoot/api-contracts/ballots';
import {
  addCosignatures,
  GrowingTree,
  leafHash,
  noteText,
  parseSignatures,
  parseTilePath,
  planConsistency,
  readProof,
  readTile,
  encodeWitnessRequest,
  signCheckpoint,
  signPromise,
} from '@talkoot/ballot-protocol';
import type { Manifest, NodeId, SigningKey } from '@talkoot/ballot-protocol';
import { approve, certifiedVoter, preparePoll } from '@talkoot/ballot-protocol/testing';
import type { HeldPoll, Voter } from '@talkoot/ballot-protocol/testing';
import { createLog, createService, DomainError } from '@talkoot/http-service';
import { testApp } from '@talkoot/http-service/testing';
import type { z } from 'zod';
import type { WitnessFixture } from '../witness.fixture.ts';

type Phase = z.infer<typeof PollShape>['phase'];
const { castBallot, complain, getBoardCheckpoint, getBoardTile, getManifest, getPoll } = ballotsApi.routes;
const api = defineApi({
  ...ballotsApi,
  routes: { castBallot, complain, getBoardCheckpoint, getBoardTile, getManifest, getPoll },
});
export const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
export type Bytes = Uint8Array<ArrayBuffer>;

/**
 * What a board does with a leaf:
 * - `promise`: it takes it, `drop`: it promises and takes it not, `false-promise`: it signs something else
 * - `hang`: it never answers
 * - any code of a problem: it answers that
 */
type Manner = 'promise' | 'drop' | 'false-promise' | 'hang' | (string & {});

/** Everybody's leaves of one poll, and a board of it in this process that behaves as a test tells it. */
export class PlayedBoard {
  manner: Manner = 'promise';
  phase: Phase = 'open';
  /** Shows nothing but what it answers to leaves and complaints. */
  isHidden = false;
  manifest: string;
  readonly poll: HeldPoll;
  readonly waiting: Bytes[] = [];
  readonly onBoard: Bytes[] = [];
  readonly complaints: Bytes[] = [];
  /** Hashes of all that was cast here, in their order. */
  readonly cast: string[] = [];
  note: string | null = null;
  /** How often its checkpoint was asked for. */
  looks = 0;
  readonly #nodes = new Map<string, Uint8Array>();
  readonly #tree = new GrowingTree();
  readonly #hanging = new AbortController();

  constructor(poll: HeldPoll) {
    this.poll = poll;
    this.manifest = Buffer.from(poll.manifestBytes).toString();
    this.#append(leafHash(poll.manifestBytes));
  }

  get pollId(): string {
    return this.poll.binding.manifest.poll;
  }

  async leaf(voter?: Voter, sequence = 1): Promise<Bytes> {
    return approve(this.poll, voter ?? (await certifiedVoter(this.poll)), sequence, [0, 1]);
  }

  promiseOf(leaf: Uint8Array): string {
    return hex(signPromise(this.poll.binding.m, leafHash(leaf), this.poll.boardKey.secretKey));
  }

  /** Has a checkpoint of all that is there cosigned. */
  async checkpoint(witness: WitnessFixture): Promise<void> {
    const { origin } = this.poll.binding.manifest.board;
    const { size: oldSize } = await witness.headOf(origin);
    const head = { origin, size: this.#tree.size, root: this.#tree.root() };
    const checkpoint = signCheckpoint(head, this.poll.boardKey.secretKey);
    const proof = await readProof(planConsistency(oldSize, head.size), this.nodes);
    const body = new TextDecoder().decode(encodeWitnessRequest({ oldSize, proof, checkpoint }));
    const lines = parseSignatures(await witness.cosign(body));
    const { note } = addCosignatures(checkpoint, lines, { witnesses: [witness.key] });
    this.note = noteText(note);
  }

  /** Publishes all that waits. */
  async publish(witness: WitnessFixture): Promise<void> {
    for (const leaf of this.waiting.splice(0)) {
      this.#append(leafHash(leaf));
      this.onBoard.push(leaf);
    }
    await this.checkpoint(witness);
  }

  #append(hash: Uint8Array): void {
    for (const node of this.#tree.append(hash)) this.#nodes.set(`${node.level} ${node.index}`, node.hash);
  }

  /** Stored hashes of its tree. */
  readonly nodes = async (nodes: readonly NodeId[]) =>
    nodes.map(({ level, index }) => this.#nodes.get(`${level} ${index}`)!);

  takes(leaf: Bytes): { leafHash: string; promise: string } {
    this.cast.push(hex(leafHash(leaf)));
    const has = [...this.waiting, ...this.onBoard].some((one) => hex(one) === hex(leaf));
    const answer = { leafHash: hex(leafHash(leaf)), promise: this.promiseOf(leaf) };
    if (this.manner === 'drop') return answer;
    if (this.manner === 'false-promise') return { ...answer, promise: '00'.repeat(64) };
    if (this.manner !== 'promise') throw new DomainError(this.manner);
    if (!has && this.phase !== 'open' && this.phase !== 'closing') throw new DomainError('poll-closed');
    if (!has) this.waiting.push(leaf);
    return answer;
  }

  /** Never answers, until the test is over. */
  hang(): Promise<never> {
    return new Promise((_, reject) =>
      this.#hanging.signal.addEventListener('abort', () => reject(new DomainError('unavailable'))),
    );
  }

  release(): void {
    this.#hanging.abort();
  }
}

/** A service with some boards, at an address of its own. */
export async function servedBoards(witness: WitnessFixture, boardKey: SigningKey = witness.boardKey) {
  const boards = new Map<string, PlayedBoard>();
  const required = (pollId: string) => {
    const board = boards.get(pollId);
    if (!board) throw new DomainError('not-found');
    return board;
  };
  const shown = (pollId: string) => {
    const board = required(pollId);
    if (board.isHidden) throw new DomainError('unavailable');
    return board;
  };
  const service = createService({
    api,
    auth: { authenticate: async () => ({ kind: 'anonymous' }) },
    log: createLog('board', 'silent'),
    publicUrl: 'http://board.test',
    handlers: {
      castBallot: async ({ params, body }) => {
        const board = required(params.pollId);
        if (board.manner === 'hang') return board.hang();
        return { body: board.takes(Uint8Array.from(body)) };
      },
      complain: async ({ params, body }) => {
        const board = required(params.pollId);
        if (board.phase !== 'open' && board.phase !== 'closing' && board.phase !== 'closed')
          throw new DomainError('complaints-over');
        board.complaints.push(Uint8Array.from(body));
        return { body: { leafHash: hex(leafHash(body.subarray(0, -64))), onBoard: false } };
      },
      getBoardCheckpoint: async ({ params }) => {
        const board = shown(params.pollId);
        board.looks += 1;
        if (board.note === null) throw new DomainError('poll-without-board');
        return { body: board.note };
      },
      getBoardTile: async ({ params: { pollId, level, path } }) => {
        const board = shown(pollId);
        const tile = parseTilePath(`tile/${level}/${path}`)!;
        return { body: await readTile(tile, board.nodes) };
      },
      getManifest: async ({ params }) => ({ body: shown(params.pollId).manifest }),
      getPoll: async ({ params }) => ({ body: viewOf(shown(params.pollId)) }),
    },
  });
  const served = await testApp(service, api);
  return {
    url: served.url,
    boards,
    /** A poll whose board is opened under a checkpoint that the witness cosigned. */
    async open(pollId: string, changes: Partial<Manifest> = {}): Promise<PlayedBoard> {
      const origin = `talkoot.test/lintula/${pollId}`;
      const board = { origin, publicKey: hex(boardKey.publicKey), batchSize: 3 };
      const publicKey = hex(witness.key.publicKey);
      const witnesses = [{ name: witness.key.name, organisation: 'Audit office', publicKey }];
      const held = await preparePoll({ poll: pollId, board, witnesses, windows: null, ...changes });
      const played = new PlayedBoard({ ...held, boardKey });
      boards.set(pollId, played);
      await played.checkpoint(witness);
      return played;
    },
    async close() {
      for (const board of boards.values()) board.release();
      await served.close();
    },
  };
}
export type ServedBoards = Awaited<ReturnType<typeof servedBoards>>;

function viewOf({ pollId, phase }: PlayedBoard): z.input<typeof PollShape> {
  return {
    pollId,
    kind: 'prioritisation',
    phase,
    pilotId: 'pil-1',
    roundId: 'rnd-1',
    projectId: null,
    options: [],
    budget: null,
    ballot: { type: 'approval', minChoices: 0, maxChoices: 2 },
    roll: 24,
    manifestSha256: null,
    windows: null,
    lifecycle: {
      kind: 'poll',
      id: pollId,
      phase,
      wait: null,
      awaiting: null,
      since: '2026-11-27T08:00:00.000Z',
      dueAt: null,
      overdue: false,
      suspended: false,
      step: 2,
    },
  };
}
