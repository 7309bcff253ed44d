import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { code, count, sha256 } from '../field.ts';

export const pollTalliedV1 = defineEvent({
  aggregate: 'poll',
  name: 'tallied',
  version: 1,
  description:
    'The ballots of the poll were counted, or withheld for ever. The result is the hash of the published tally.',
  data: z.object({
    pollKind: code,
    ballots: count,
    roll: count,
    result: sha256,
    /** `counted`, or `withheld` where nobody learns what the ballots say. */
    outcome: code.optional(),
  }),
  example: {
    pollKind: 'funding',
    ballots: 2553,
    roll: 30000,
    result: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
    outcome: 'counted',
  },
});
