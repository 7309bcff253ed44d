import { allEvents, payoutReturnedV1, payoutSettledV1 } from '@talkoot/event-contracts';
import type { EventEnvelope } from '@talkoot/event-contracts';
import type { ClientSession, Connection } from 'mongoose';
import type { EventHandlers } from '../../../packages/event-bus/src/inbox.ts';
import { Violation } from '../world/world.ts';

/** What the finance system has booked for one obligation, out of events alone. */
export interface Booked {
  _id: string;
  /** Version of the latest event taken in. */
  version: number;
  /** Settled less returned, in minor units. */
  paid: number;
}

interface PayoutData {
  readonly amount: { readonly amount: number };
}

const changes: Readonly<Record<string, 1 | -1>> = {
  [payoutSettledV1.type]: 1,
  [payoutReturnedV1.type]: -1,
};

export const payoutTypes = allEvents
  .filter(({ aggregate }) => aggregate === 'obligation')
  .map(({ type }) => type);

/** Books what was paid and what came back, as an ERP does that hears of payouts only by the bus. */
export function financeHandlers(connection: Connection): EventHandlers {
  const booked = connection.collection<Booked>('booked');
  const book = async (event: EventEnvelope<PayoutData>, session: ClientSession) => {
    const { subject: _id, aggregateversion: version } = event;
    const before = await booked.findOne({ _id }, { session });
    if (version !== (before?.version ?? 0) + 1) {
      throw new Violation(`${_id}: event ${version} comes after ${before?.version ?? 0}`);
    }
    const paid = (changes[event.type] ?? 0) * event.data.amount.amount;
    const change = { $set: { version }, $inc: { paid } };
    await booked.updateOne({ _id }, change, { session, upsert: true });
  };
  return Object.fromEntries(payoutTypes.map((type) => [type, book]));
}
