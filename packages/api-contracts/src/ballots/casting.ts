import { z } from 'zod';
import { route } from '../api.ts';
import { CertificateShape } from '../identity/certificate.ts';
import { IdShape, Sha256Shape } from '../shapes.ts';

const Options = z.array(IdShape).max(5000);
const Poll = z.object({ pollId: IdShape });

/** What a voter says: `choices` in approval and knapsack polls, `answers` in yes-no and bonus polls. An empty list is a blank. */
export const BallotShape = z
  .object({
    certificate: CertificateShape,
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

/** Nothing here names a municipality or a person: the certificate is the only right that is asked for. */
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
      'certificate-invalid',
      'certificate-already-used',
      'ballot-of-another-type',
      'ballot-invalid',
      'over-budget',
    ],
    silent: true,
  }),
  checkReceipt: route('GET /v1/polls/{pollId}/receipts/{receipt}', {
    summary: 'Whether the ballot with this receipt is in: `stored` before the count, `counted` after it',
    access: { anyone: true },
    params: Poll.extend({ receipt: Sha256Shape }),
    answer: z.object({ receipt: Sha256Shape, state: z.enum(['stored', 'counted']) }),
    silent: true,
  }),
};

export const castingProblems = {
  'poll-not-open': { status: 409, title: 'The poll is not open' },
  'poll-being-counted': { status: 503, title: 'The poll has just closed; ask again when it is counted' },
  'certificate-invalid': { status: 403, title: 'This is no certificate of this poll' },
  'certificate-already-used': { status: 409, title: 'Another ballot was cast with this certificate' },
  'ballot-of-another-type': { status: 422, title: 'This poll asks for another type of ballot' },
  'ballot-invalid': { status: 422, title: 'The ballot breaks the rules of the poll' },
  'over-budget': { status: 422, title: 'The chosen options cost more than the budget' },
} as const;
