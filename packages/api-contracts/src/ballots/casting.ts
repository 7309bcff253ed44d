import { z } from 'zod';
import { route } from '../api.ts';
import { BytesShape, hexOf, IdShape, Sha256Shape } from '../shapes.ts';

const Poll = z.object({ pollId: IdShape });
/** Longer than the leaf of any manifest: 2¹⁶ bytes of plaintext, and a promise. */
const bodyLimit = 68 * 1024;

/** What the board answers at once: its signature that it will publish this leaf. */
export const PromiseShape = z
  .object({
    leafHash: Sha256Shape.meta({ description: 'RFC 6962 hash of the leaf' }),
    promise: hexOf(64).meta({ description: 'Ed25519, see PROTOCOL.md' }),
  })
  .meta({ id: 'Promise' });

/** Nothing here names a municipality or a person: the two certificates are the only right that is asked for. */
/**
 * Where a tile of a board is asked for.
 * @param tile its path as C2SP writes it, such as `tile/0/x001/273.p/112`
 */
export function boardTileParams(pollId: string, tile: string) {
  const [, level = '', ...path] = tile.split('/');
  return { pollId, level, path: path.join('/') };
}

export const castingRoutes = {
  castBallot: route('POST /v1/polls/{pollId}/ballots', {
    kind: 'plain',
    summary:
      'Cast a leaf as PROTOCOL.md writes it, without signing in. Send no token. The same leaf again answers the same promise.',
    access: { anyone: true },
    params: Poll,
    bodyType: 'application/octet-stream',
    body: BytesShape,
    bodyLimit,
    status: 201,
    answer: PromiseShape,
    problems: [
      'poll-not-open',
      'poll-closed',
      'board-closing',
      'board-not-current',
      'leaf-malformed',
      'sequence-out-of-range',
      'public-key-invalid',
      'first-certificate-invalid',
      'second-certificate-invalid',
      'signature-invalid',
      'sequence-already-used',
      'too-many-ballots-at-once',
    ],
    silent: true,
  }),
  complain: route('POST /v1/polls/{pollId}/complaints', {
    kind: 'plain',
    summary:
      'A leaf followed by the 64 bytes of its promise, which the board has to honour. Send no token. Until the window for complaints is over.',
    access: { anyone: true },
    params: Poll,
    bodyType: 'application/octet-stream',
    body: BytesShape,
    bodyLimit,
    status: 201,
    answer: z.object({
      leafHash: Sha256Shape,
      /** Whether the leaf is on the board already; if not, it is before the key is released. */
      onBoard: z.boolean(),
    }),
    problems: ['poll-not-open', 'complaints-over', 'complaint-unfounded', 'too-many-complaints'],
    silent: true,
  }),
  getBoardCheckpoint: route('GET /v1/polls/{pollId}/board/checkpoint', {
    summary: 'The last checkpoint that the board and its witnesses signed (C2SP tlog-checkpoint)',
    access: { anyone: true },
    params: Poll,
    answer: z.string(),
    answerType: 'text/plain',
    problems: ['poll-without-board'],
    silent: true,
  }),
  getBoardTile: route('GET /v1/polls/{pollId}/board/tile/{level}/{path}', {
    summary:
      'Hashes of the tree under that checkpoint (C2SP tlog-tiles), from which devices find the proof of their own leaf',
    access: { anyone: true },
    params: Poll.extend({
      level: z.string().regex(/^\d{1,2}$/),
      path: z
        .string()
        .regex(/^(x\d{3}\/){0,4}\d{3}(\.p\/\d{1,3})?$/)
        .meta({ description: 'As C2SP writes it, with its slashes' }),
    }),
    rest: 'path',
    answer: BytesShape,
    answerType: 'application/octet-stream',
    problems: ['poll-without-board'],
    silent: true,
  }),
};

export const castingProblems = {
  'poll-not-open': { status: 409, title: 'The poll is not open' },
  'poll-closed': { status: 409, title: 'Casting is over' },
  'board-closing': {
    status: 503,
    title:
      'Casting has just ended and the board is being closed; send the same leaf again to hear whether it is on it',
  },
  'poll-without-board': { status: 409, title: 'The board of this poll is not opened yet' },
  'board-not-current': {
    status: 503,
    title: 'The board may promise nothing until its witnesses confirm that it has lost nothing',
  },
  'too-many-ballots-at-once': {
    status: 503,
    title: 'More ballots wait than can be stored now; send it again',
  },
  'leaf-malformed': { status: 422, title: 'This is no leaf of this poll: its length or layout is wrong' },
  'sequence-out-of-range': { status: 422, title: 'The sequence is not from 1 to 50' },
  'public-key-invalid': { status: 422, title: 'The public key is no canonical point of Ed25519' },
  'first-certificate-invalid': {
    status: 403,
    title: 'The first certificate is not one of the municipality for this key and poll',
  },
  'second-certificate-invalid': {
    status: 403,
    title: 'The second certificate is not one of the auditor for this key and poll',
  },
  'signature-invalid': { status: 403, title: 'The key did not sign this ballot for this poll' },
  'sequence-already-used': { status: 409, title: 'Another ballot was cast under this key and sequence' },
  'complaint-unfounded': { status: 422, title: 'The board never promised to publish this leaf' },
  'complaints-over': { status: 409, title: 'The window for complaints is over' },
  'too-many-complaints': {
    status: 503,
    title: 'More complaints were made than can be kept; ask the poll officer',
  },
} as const;
