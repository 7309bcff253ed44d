import { ApiProblem, createClient, ServiceUnreachable, standardProblems } from '@talkoot/api-contracts';
import { ballotsApi, boardTileParams } from '@talkoot/api-contracts/ballots';
import { isPromised } from '@talkoot/ballot-protocol';
import type { Promiser } from '@talkoot/ballot-protocol';
import { leafHash } from '@talkoot/ballot-protocol/node';
import type { BoardAnswer, ComplaintAnswer, PollPhase, Refusal } from './handing.ts';

/** What a poll is called by the board. */
export interface PollPlace {
  readonly municipalityId: string;
  readonly pollId: string;
}

/** What a refusal may be called: anything else is no answer of a board. */
const words = new Set([...ballotsApi.routes.castBallot.problems, ...Object.keys(standardProblems)]);
/** Longer than any manifest or tile that an honest board answers. */
const mostBytes = 4 * 1024 * 1024;

/**
 * Speaks to the board's service, without a token. It is not believed in anything: what it answers is checked, and no answer may
 * take longer than the deadline or be longer than a manifest can be.
 * @param deadlineMs of one call
 */
export function boardClient(baseUrl: string, deadlineMs: number) {
  const client = createClient(ballotsApi, { baseUrl, deadlineMs, fetch: boundedFetch });
  return {
    /** Hands a leaf on. A promise that is not the board's is no answer. */
    async cast(pollId: string, leaf: Uint8Array, promiser: Promiser): Promise<BoardAnswer> {
      try {
        const answer = await client.castBallot({ params: { pollId }, body: Uint8Array.from(leaf) });
        const promise = Buffer.from(answer.promise, 'hex');
        if (isPromised(leafHash(leaf), promise, promiser)) return { answer: 'promised', promise };
        return { answer: 'silent', problem: null };
      } catch (error) {
        const problem = refusalIn(error);
        if (!problem || !words.has(problem.code)) return { answer: 'silent', problem: null };
        return { answer: problem.status < 500 ? 'refused' : 'silent', problem };
      }
    },

    /** @param complaint a leaf followed by its promise */
    async complain(pollId: string, complaint: Uint8Array): Promise<ComplaintAnswer> {
      try {
        await client.complain({ params: { pollId }, body: Uint8Array.from(complaint) });
        return 'taken';
      } catch (error) {
        const problem = refusalIn(error);
        return problem && problem.status < 500 ? 'refused' : 'silent';
      }
    },

    /** Where the board says that a poll is; null if it says nothing. */
    async phaseOf({ municipalityId, pollId }: PollPlace): Promise<PollPhase | null> {
      try {
        return (await client.getPoll({ params: { municipalityId, pollId } })).phase;
      } catch (error) {
        refusalIn(error);
        return null;
      }
    },

    /** @throws ApiProblem, ServiceUnreachable */
    checkpoint: (pollId: string): Promise<string> => client.getBoardCheckpoint({ params: { pollId } }),

    /** @throws ApiProblem, ServiceUnreachable */
    manifest: ({ municipalityId, pollId }: PollPlace): Promise<string> =>
      client.getManifest({ params: { municipalityId, pollId } }),

    /**
     * @param tile its path, such as `tile/0/273.p/112`
     * @throws ApiProblem, ServiceUnreachable
     */
    tile: (pollId: string, tile: string): Promise<Uint8Array> =>
      client.getBoardTile({ params: boardTileParams(pollId, tile) }),
  };
}
export type BoardClient = ReturnType<typeof boardClient>;

/** Null where nobody answered. @throws what is neither a refusal nor silence */
function refusalIn(error: unknown): Refusal | null {
  if (error instanceof ServiceUnreachable) return null;
  if (error instanceof ApiProblem) return error.problem;
  // An answer of another shape than the documented one.
  if (error instanceof SyntaxError || (error as Error).name === 'ZodError') return null;
  throw error;
}

async function boundedFetch(...call: Parameters<typeof fetch>): Promise<Response> {
  const response = await fetch(...call);
  let length = 0;
  const bound = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      length += chunk.length;
      if (length > mostBytes) controller.error(new Error(`an answer of more than ${mostBytes} bytes`));
      else controller.enqueue(chunk);
    },
  });
  return new Response(response.body?.pipeThrough(bound) ?? null, response);
}
