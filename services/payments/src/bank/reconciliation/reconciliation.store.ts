import type { ClientSession, Connection } from 'mongoose';
import type { EntryDocument } from '../../ledger/ledger.store.ts';
import type { AttemptDocument } from '../../obligation/obligation.store.ts';
import type { Count, FateName, Flow } from './reconciliation.ts';

export interface FlowOfCurrency extends Flow {
  readonly currency: string;
}

export interface Within {
  readonly from: Date;
  readonly to: Date;
}

const times = {
  instructed: 'instructedAt',
  settled: 'settledAt',
  rejected: 'rejectedAt',
  returned: 'returnedAt',
} as const satisfies Record<FateName, keyof AttemptDocument>;

/** Sums over the record of payments and over the ledger. Neither is computed from the other. */
export function reconciliationStore(connection: Connection) {
  const attempts = connection.collection<AttemptDocument>('attempts');
  const entries = connection.collection<EntryDocument>('ledgerentries');
  const sums = async (match: object, session: ClientSession): Promise<Map<string, Count>> => {
    const group = { _id: '$currency', payments: { $sum: 1 }, amount: { $sum: '$amount' } };
    const groups = await attempts
      .aggregate<{ _id: string } & Count>([{ $match: match }, { $group: group }], { session })
      .toArray();
    return new Map(groups.map(({ _id, ...count }) => [_id, count]));
  };
  return {
    /** Attempts that met this fate from an instant until before another, by currency. */
    recorded: (municipalityId: string, fate: FateName, within: Within, session: ClientSession) =>
      sums({ municipalityId, [times[fate]]: { $gte: within.from, $lt: within.to } }, session),
    /** Attempts in transit at an instant, by currency. */
    inTransitAt(municipalityId: string, at: Date, session: ClientSession) {
      const notYet = (time: string) => ({ $or: [{ [time]: null }, { [time]: { $gte: at } }] });
      const open = { $and: [notYet('settledAt'), notYet('rejectedAt')] };
      return sums({ municipalityId, instructedAt: { $lt: at }, ...open }, session);
    },
    /** Entries of the cash accounts, summed by kind, account, side and currency. */
    flows(
      municipalityId: string,
      { from, to }: { readonly from: Date | null; readonly to: Date },
      session: ClientSession,
    ): Promise<FlowOfCurrency[]> {
      const accounts = ['in-transit', 'payable', 'bank', 'suspense'];
      const at = from ? { $gte: from, $lt: to } : { $lt: to };
      const key = { kind: '$kind', account: '$account', side: '$side', currency: '$currency' };
      return entries
        .aggregate<FlowOfCurrency>(
          [
            { $match: { municipalityId, account: { $in: accounts }, at } },
            { $group: { _id: key, amount: { $sum: '$amount' } } },
            { $replaceWith: { $mergeObjects: ['$_id', { amount: '$amount' }] } },
          ],
          { session },
        )
        .toArray();
    },
    /** Every entry of these transactions. */
    entriesOf: (municipalityId: string, transactionIds: readonly string[], session: ClientSession) =>
      entries
        .find(
          { municipalityId, $or: transactionIds.map((id) => ({ _id: { $gte: `${id}/`, $lt: `${id}0` } })) },
          { session },
        )
        .toArray(),
  };
}
export type ReconciliationStore = ReturnType<typeof reconciliationStore>;
