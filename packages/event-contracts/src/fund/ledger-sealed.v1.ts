import { z } from 'zod';
import { defineEvent } from '../define-event.ts';
import { count, opaqueId, sha256 } from '../field.ts';

export const fundLedgerSealedV1 = defineEvent({
  aggregate: 'fund',
  name: 'ledger-sealed',
  version: 1,
  description:
    'So many entries a book of the ledger has, and the hash of the last: whoever keeps it sees a later change.',
  data: z.object({
    pilotId: opaqueId.optional(),
    fiscalYear: z.int(),
    currency: z.string().regex(/^[A-Z]{3}$/),
    entries: count,
    sha256,
  }),
  example: {
    pilotId: 'pilot-1',
    fiscalYear: 2027,
    currency: 'EUR',
    entries: 128,
    sha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  },
});
