import { ApiProblem, createClient } from '@talkoot/api-contracts';
import { ballotsApi, boardTileParams } from '@talkoot/api-contracts/ballots';
import { witnessApi } from '@talkoot/api-contracts/witness';
import type { CastPorts, SendAnswer } from '@talkoot/ballot-protocol/device';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import type { StackUrls } from '@talkoot/local-stack';
import { setTimeout as sleep } from 'node:timers/promises';

/** Time in which board or relay answers or is away, in milliseconds. */
const deadlineMs = 8_000;
const bytesOf = (hex: string) => Uint8Array.from(Buffer.from(hex, 'hex'));

/** How a device reaches the board and the auditor's relay over HTTP: without a token, and without keeping anything. */
export function castPorts(urls: Pick<StackUrls, 'ballots' | 'witness'>, pollId: string): CastPorts {
  const board = createClient(ballotsApi, { baseUrl: urls.ballots, deadlineMs });
  const relay = createClient(witnessApi, { baseUrl: urls.witness, deadlineMs });
  const params = { pollId };
  return {
    send: (to, leaf) =>
      unlessRefused(
        async (): Promise<SendAnswer> => {
          const call = { params, body: Uint8Array.from(leaf) };
          const answer = to === 'board' ? await board.castBallot(call) : await relay.relayBallot(call);
          return 'code' in answer
            ? { answer: 'kept' }
            : { answer: 'promised', promise: bytesOf(answer.promise) };
        },
        (code) => ({ answer: 'refused', code }),
      ),
    complain: (complaint) =>
      unlessRefused(
        async () => {
          await board.complain({ params, body: Uint8Array.from(complaint) });
          return 'taken' as const;
        },
        () => 'refused' as const,
      ),
    checkpoint: () => board.getBoardCheckpoint({ params }),
    tile: (path) => board.getBoardTile({ params: boardTileParams(pollId, path) }),
    keep: async () => undefined,
    rest: (ms) => sleep(ms),
    now: Date.now,
    random: Math.random,
    verify: verifySignature,
  };
}

/** @throws what is no refusal: silence to a device */
async function unlessRefused<T, R>(work: () => Promise<T>, refused: (code: string) => R): Promise<T | R> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ApiProblem) || error.status >= 500) throw error;
    return refused(error.code);
  }
}
