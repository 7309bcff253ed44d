import { z } from 'zod';
import { defineApi, route } from '../api.ts';
import { Sha256Shape } from '../shapes.ts';
import { relayProblems, relayRoutes } from './relay.ts';

export * from './relay.ts';

const Origin = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[!-*,-~]+$/)
  .meta({ description: 'Of a log, as its checkpoints name it' });

/**
 * C2SP tlog-witness, what a log has to know of its own past, and the relay beside the witness. Nobody signs in: logs and voters
 * sign what they send.
 */
export const witnessApi = defineApi({
  service: 'witness',
  title: 'Talkoot witness',
  version: '1.0.0',
  description: 'See services/witness/README.md.',
  problems: {
    'request-malformed': { status: 400, title: 'This is no add-checkpoint request' },
    'old-size-beyond': { status: 400, title: 'The proof starts beyond the checkpoint' },
    'unknown-log': { status: 404, title: 'This witness does not watch this log' },
    'log-unsigned': { status: 403, title: 'The log did not sign this checkpoint' },
    rollback: { status: 409, title: 'The log is smaller than it was' },
    fork: { status: 409, title: 'The log shows another tree of the same size' },
    'old-size-stale': { status: 409, title: 'The proof has to start from the size last cosigned' },
    'proof-invalid': { status: 422, title: 'The log does not begin with what was cosigned before' },
    'too-many-logs': { status: 503, title: 'This witness watches as many logs of this key as it may' },
    ...relayProblems,
  },
  routes: {
    addCheckpoint: route('POST /add-checkpoint', {
      kind: 'plain',
      summary:
        'Cosign a checkpoint that continues what this witness cosigned of the log before (C2SP tlog-witness); answers the signature line. The detail of a 409 is the size last cosigned, in decimal',
      access: { anyone: true },
      bodyType: 'text/plain',
      body: z.string(),
      bodyLimit: 64 * 1024,
      answer: z.string(),
      answerType: 'text/plain',
      problems: [
        'request-malformed',
        'old-size-beyond',
        'unknown-log',
        'log-unsigned',
        'rollback',
        'fork',
        'old-size-stale',
        'proof-invalid',
        'too-many-logs',
      ],
    }),
    getTreeHead: route('GET /v1/tree-head', {
      summary: 'The largest tree of a log that this witness cosigned, signed by it; size 0 if it never did',
      access: { anyone: true },
      query: z.object({ origin: Origin }),
      answer: z.object({
        origin: Origin,
        size: z.int().min(0),
        root: Sha256Shape,
        note: z
          .string()
          .nullable()
          .meta({ description: 'The checkpoint with the cosignature; null for size 0' }),
      }),
      problems: ['unknown-log'],
    }),
    ...relayRoutes,
  },
});
export type WitnessApi = typeof witnessApi;
