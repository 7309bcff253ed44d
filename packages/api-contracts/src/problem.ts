import { z } from 'zod';

/** RFC 9457 problem details as every service answers them. */
export const ProblemShape = z
  .object({
    type: z.string().meta({ description: 'urn:talkoot:problem:<code>' }),
    title: z.string(),
    status: z.int().min(400).max(599),
    code: z.string().meta({ description: 'Stable, machine-readable; never changes its meaning' }),
    detail: z.string().optional(),
    instance: z.string().optional(),
    errors: z
      .array(z.object({ at: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'One entry for each offending field or line' }),
  })
  .meta({ id: 'Problem' });
export type Problem = z.infer<typeof ProblemShape>;

export interface ProblemSpec {
  readonly status: number;
  readonly title: string;
}

/** Problems that any route may answer; a route adds its own codes to these. */
export const standardProblems = {
  'invalid-request': { status: 400, title: 'The request does not have the documented form' },
  'malformed-body': { status: 400, title: 'The body is not valid JSON' },
  'idempotency-key-required': { status: 400, title: 'This act needs an Idempotency-Key header' },
  unauthenticated: { status: 401, title: 'Sign in first' },
  'token-expired': { status: 401, title: 'The token has expired; sign in again' },
  forbidden: { status: 403, title: 'Your roles in this municipality do not allow this' },
  'not-found': { status: 404, title: 'There is no such thing here' },
  'method-not-allowed': { status: 405, title: 'This address does not answer to that method' },
  'wrong-phase': { status: 409, title: 'The lifecycle is not in a phase that allows this' },
  'stale-edit': { status: 412, title: 'It was changed since you read it' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'unsupported-media-type': { status: 415, title: 'Send the documented content type' },
  'idempotency-key-reused': {
    status: 422,
    title: 'This Idempotency-Key was used with another body',
  },
  'precondition-required': { status: 428, title: 'Send the ETag you read in If-Match' },
  'headers-too-large': { status: 431, title: 'The address or the headers are too long' },
  unexpected: { status: 500, title: 'Something unexpected happened' },
  busy: { status: 503, title: 'Too many ask for this at once: repeat it in a moment' },
  unavailable: { status: 503, title: 'A part that this needs does not answer' },
  'outcome-unknown': {
    status: 503,
    title: 'The decision may or may not be recorded; repeat with the same Idempotency-Key',
  },
} as const satisfies Record<string, ProblemSpec>;

export type StandardProblemCode = keyof typeof standardProblems;
