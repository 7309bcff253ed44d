import { z } from 'zod';
import { route } from '../api.ts';
import { IdShape, Sha256Shape } from '../shapes.ts';

const Options = z.array(IdShape).max(5000);
const Poll = z.object({ pollId: IdShape });
const hexOf = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));

/** What a voter says: `choices` in approval and knapsack polls, `answers` in yes-no and bonus polls. An empty list is a blank. */
export const BallotShape = z
  .object({
    publicKey: hexOf(32).meta({ description: 'Ed25519, made by the device for this poll' }),
    certificates: z
      .array(hexOf(288))
      .length(2)
      .meta({ description: "The municipality's and the auditor's, in this order: prefix and signature" }),
    sequence: z
      .int()
      .min(0)
      .max(0xffff_ffff)
      .meta({ description: 'From 1 to 50; of the ballots of one key the highest counts' }),
    signature: hexOf(64).meta({ description: 'Ed25519 of what PROTOCOL.md says of leaves' }),
    choices: Options.optional(),
    answers: z
      .object({
        yes: Options,
        no: Options,
        share: z
          .int()
          .min(0)
          .max(100)
          .optional()
          .meta({ description: 'Bonus polls: percent of the computed bonus to pay; left out is a blank' }),
      })
      .optional(),
  })
  .meta({ id: 'Ballot' });
export type Ballot = z.infer<typeof BallotShape>;

/** A vote as it stands in a leaf for as long as ballots are not sealed: canonical JSON (RFC 8785) in UTF-8. */
export function openVote({ choices, answers }: Pick<Ballot, 'choices' | 'answers'>): Uint8Array<ArrayBuffer> {
  // The names in ascending order, which makes it canonical; what is undefined is left out.
  const vote = { answers: answers && { no: answers.no, share: answers.share, yes: answers.yes }, choices };
  return new TextEncoder().encode(JSON.stringify(vote));
}

/** Nothing here names a municipality or a person: the two certificates are the only right that is asked for. */
export const castingRoutes = {
  castBallot: route('POST /v1/polls/{pollId}/ballots', {
    kind: 'plain',
    summary:
      'Cast a ballot without signing in. Send no token. The same ballot again answers the same receipt.',
    access: { anyone: true },
    params: Poll,
    body: BallotShape,
    bodyLimit: 512 * 1024,
    status: 201,
    answer: z.object({ receipt: Sha256Shape }),
    problems: [
      'poll-not-open',
      'poll-being-counted',
      'sequence-out-of-range',
      'public-key-invalid',
      'first-certificate-invalid',
      'second-certificate-invalid',
      'signature-invalid',
      'sequence-already-used',
      'ballot-of-another-type',
      'ballot-invalid',
      'over-budget',
    ],
    silent: true,
  }),
  checkReceipt: route('GET /v1/polls/{pollId}/receipts/{receipt}', {
    summary:
      'Whether the ballot with this receipt is in: `stored` before the count; after it `counted`, or `replaced` by a later one of the same key',
    access: { anyone: true },
    params: Poll.extend({ receipt: Sha256Shape }),
    answer: z.object({ receipt: Sha256Shape, state: z.enum(['stored', 'counted', 'replaced']) }),
    silent: true,
  }),
};

export const castingProblems = {
  'poll-not-open': { status: 409, title: 'The poll is not open' },
  'poll-being-counted': { status: 503, title: 'The poll has just closed; ask again when it is counted' },
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
  'ballot-of-another-type': { status: 422, title: 'This poll asks for another type of ballot' },
  'ballot-invalid': { status: 422, title: 'The ballot breaks the rules of the poll' },
  'over-budget': { status: 422, title: 'The chosen options cost more than the budget' },
} as const;
