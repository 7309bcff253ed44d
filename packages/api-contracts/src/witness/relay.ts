import { z } from 'zod';
import { pageOf, PageQueryShape, route } from '../api.ts';
import { castingProblems, castingRoutes, PromiseShape } from '../ballots/casting.ts';
import { hexOf, IdShape, Sha256Shape } from '../shapes.ts';

const { castBallot } = castingRoutes;

/** A ballot that the relay has and hands on: the board has not promised it yet. */
export const KeptShape = z
  .object({ leafHash: Sha256Shape, code: z.literal('ballot-kept') })
  .meta({ id: 'Kept' });

/** A ballot that was given in time and is not on the board, as far as the relay can see. */
export const MissingBallotShape = z
  .object({
    leafHash: Sha256Shape,
    promise: hexOf(64).nullable().meta({
      description: 'Of the board, which has not kept it: proof for everybody. Null: the board never promised',
    }),
  })
  .meta({ id: 'MissingBallot' });

/** The auditor takes ballots too, for those whom the board does not answer. The same rules as at the board: send no token. */
export const relayRoutes = {
  relayBallot: route('POST /v1/polls/{pollId}/ballots', {
    kind: 'plain',
    summary:
      "Give a leaf to the relay, as it is cast at the board. 201: the board's promise; 202: kept, and handed on until the board answers; what the board refuses is answered in its words",
    access: { anyone: true },
    params: castBallot.params,
    bodyType: castBallot.bodyType,
    body: castBallot.body,
    bodyLimit: castBallot.bodyLimit,
    status: 201,
    orStatus: 202,
    answer: z.union([PromiseShape, KeptShape]),
    problems: [...castBallot.problems, 'no-relay', 'poll-not-relayed', 'relay-full', 'board-silent'],
    silent: true,
  }),
  listMissingBallots: route('GET /v1/polls/{pollId}/missing-ballots', {
    summary:
      'Ballots that the relay was given in time and that the board neither promised nor published, or promised and did not publish; by their hashes, once casting is over',
    access: { anyone: true },
    params: z.object({ pollId: IdShape }),
    query: PageQueryShape,
    answer: pageOf(MissingBallotShape),
    problems: ['no-relay', 'poll-not-relayed', 'casting-not-over'],
    silent: true,
  }),
};

export const relayProblems = {
  ...castingProblems,
  'no-relay': { status: 404, title: 'This witness takes no ballots' },
  'poll-not-relayed': {
    status: 503,
    title: 'The relay has not seen the manifest of this poll, and the board does not show it now',
  },
  'relay-full': { status: 503, title: 'The relay keeps as many ballots of this poll as it may' },
  'board-silent': {
    status: 503,
    title: 'The board does not answer, and the relay keeps no ballot that comes after the time for casting',
  },
  'casting-not-over': { status: 409, title: 'What is missing can be told only when casting is over' },
} as const;
