import { refuse } from '../../workflows/src/lifecycle/decisions.ts';
import { decideStatus } from '../../services/payments/src/bank/message/status.decision.ts';
import type { Payments } from '../../services/payments/src/context.ts';
import type { Outbox } from '@talkoot/event-bus';
import type { Connection } from 'mongoose';
import { realParts } from './town/town.ts';
import type { Parts } from './town/town.ts';

/** A bug put in on purpose, to see that the simulation finds it. */
export interface Plant {
  readonly what: string;
  readonly parts: Partial<Parts>;
}

/** Stores of which some functions are replaced. */
const withStore =
  <N extends 'obligations' | 'settlements' | 'batches' | 'ledger'>(
    name: N,
    replace: (real: Payments[N], payments: Payments) => Partial<Payments[N]>,
  ): Parts['payments'] =>
  (real) => ({ ...real, [name]: { ...real[name], ...replace(real[name], real) } });

const bothOf =
  (...changes: Parts['payments'][]): Parts['payments'] =>
  (real) =>
    changes.reduce((payments, change) => change(payments), real);

/** Something of which one function is another. */
const replacing = <T extends object, N extends keyof T>(real: T, name: N, replaced: T[N]): T =>
  new Proxy(real, { get: (target, field) => (field === name ? replaced : Reflect.get(target, field)) });

/** What the service decides, and a booking of each payment that is called settled. */
const settling: typeof decideStatus = (report, file) => [
  ...decideStatus(report, file),
  ...report.informations
    .flatMap(({ transactions }) => transactions)
    .filter(({ code }) => code === 'ACSC')
    .map(({ endToEndId, amount }) => {
      const booked = { reference: report.messageId, endToEndId, amount, reasonCode: null };
      return { ...booked, says: 'settled' as const, way: 'out' as const };
    }),
];

const underAnotherId = <T extends { readonly _id: string }>(one: T): T => ({
  ...one,
  _id: `${one._id}-${Math.random()}`,
});

export const plants = {
  'skip-uniqueness': {
    what: 'a proposal forgets to take its obligations, and no index keeps attempts apart',
    parts: {
      database: (database) => database.collection('attempts').dropUniqueIndexes(),
      payments: withStore('obligations', (real) => ({
        move: async (session, moved, change, isNewAttempt) =>
          isNewAttempt === true || real.move(session, moved, change),
        insertAttempts: (session, attempts) => real.insertAttempts(session, attempts.map(underAnotherId)),
      })),
    },
  },
  'forget-imports': {
    what: 'a movement that was taken in before is taken in again',
    parts: {
      payments: withStore('settlements', (real) => ({
        knownMovements: async () => [],
        insertMovements: (session, taken) => real.insertMovements(session, taken.map(underAnotherId)),
        insertSuspense: (session, items) => real.insertSuspense(session, items.map(underAnotherId)),
      })),
    },
  },
  'return-twice': {
    what: 'a return leaves the payment settled, and is taken in and posted each time it is told',
    parts: {
      payments: bothOf(
        withStore('obligations', (real) => ({
          moveAttempts: (session, ids, change) =>
            real.moveAttempts(
              session,
              ids,
              change.state === 'returned' ? { ...change, state: 'settled' } : change,
            ),
        })),
        withStore('settlements', (real) => ({
          knownMovements: async (...given) =>
            (await real.knownMovements(...given)).filter(({ reference }) => !reference.includes('"in"')),
          insertMovements: (session, taken) => real.insertMovements(session, taken.map(underAnotherId)),
          insertSuspense: (session, items) => real.insertSuspense(session, items.map(underAnotherId)),
        })),
        withStore('ledger', (real) => ({
          post: (session, transaction, at) => {
            const isReturn = transaction.kind === 'payment-returned';
            const id = isReturn ? `${transaction.id}/${Math.random()}` : transaction.id;
            return real.post(session, { ...transaction, id }, at);
          },
        })),
      ),
    },
  },
  'settle-on-pain002': {
    what: 'a status report that says ACSC is taken for a booking',
    parts: { payments: (real) => ({ ...real, decideStatus: settling }) },
  },
  'publish-before-commit': {
    what: 'events go to the bus when they are appended, not when their transaction has committed',
    parts: {
      outbox: (real, topic): Outbox => ({
        ...real,
        async appendEvents(session, events) {
          const envelopes = await real.appendEvents(session, events);
          topic.take(envelopes);
          return envelopes;
        },
      }),
    },
  },
  'two-people': {
    what: 'whoever proposed a batch may approve it, by the route, the decision, the write and the validator',
    parts: {
      payments: withStore('batches', (real) => ({
        async find(batchId, session) {
          const found = await real.find(batchId, session);
          return found && !session ? { ...found, proposedBy: 'nobody' } : found;
        },
      })),
      database: (database) => database.collection('batches').validate(null),
      connection: (real) =>
        replacing(real, 'collection', ((name: string) => {
          const collection = real.collection(name);
          if (name !== 'batches') return collection;
          return replacing(collection, 'updateOne', ((filter, ...given) =>
            collection.updateOne({ _id: filter!._id! }, ...given)) as typeof collection.updateOne);
        }) as Connection['collection']),
      decisions: {
        ...realParts.decisions,
        commands: {
          ...realParts.decisions.commands,
          approve: {
            in: ['proposed'],
            decide: ({ facts }, { actor, data }) =>
              facts.batchSha256 === data.batchSha256
                ? { phase: 'approved', stage: 'release', facts: { approvedBy: actor.id } }
                : refuse('hash-mismatch'),
          },
        },
      },
    },
  },
} as const satisfies Record<string, Plant>;
export type PlantName = keyof typeof plants;
