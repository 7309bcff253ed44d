import type { AccountName } from '@talkoot/api-contracts/payments';
import { DomainError, sha256Of } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { isGuarded, LedgerFault, movementsOf, requireBalanced } from './ledger.ts';
import type { Movement, Side, Transaction } from './ledger.ts';

interface TransactionDocument {
  _id: string;
  municipalityId: string;
  kind: string;
  sha256: string;
  at: Date;
}

export interface EntryDocument {
  /** `<transaction id>/<line>`, so that a line can exist only once. */
  _id: string;
  transactionId: string;
  kind: string;
  municipalityId: string;
  fiscalYear: number;
  pilotId: string | null;
  projectId: string | null;
  obligationId: string | null;
  account: AccountName;
  side: Side;
  amount: number;
  currency: string;
  at: Date;
}

export interface BalanceDocument {
  _id: string;
  municipalityId: string;
  fiscalYear: number;
  pilotId: string | null;
  projectId: string | null;
  account: AccountName;
  currency: string;
  debit: number;
  credit: number;
  /** On the account's normal side; a guarded account never goes below zero. */
  balance: number;
}

export interface EntryScope {
  readonly municipalityId: string;
  readonly pilotId?: string | undefined;
  readonly projectId?: string | undefined;
  readonly fiscalYear?: number | undefined;
}

const collections = (connection: Connection) => ({
  transactions: connection.collection<TransactionDocument>('ledgertransactions'),
  entries: connection.collection<EntryDocument>('ledgerentries'),
  balances: connection.collection<BalanceDocument>('ledgerbalances'),
});

export async function prepareLedger(connection: Connection): Promise<void> {
  const { entries, balances } = collections(connection);
  await connection.createCollection('ledgertransactions').catch(ignoreExisting);
  await entries.createIndex({ municipalityId: 1, at: 1, _id: 1 });
  await entries.createIndex({ municipalityId: 1, pilotId: 1, at: 1, _id: 1 });
  await entries.createIndex({ municipalityId: 1, projectId: 1, at: 1, _id: 1 });
  await balances.createIndex({ municipalityId: 1, pilotId: 1 });
}

/** A collection that is made inside a transaction conflicts with its twin, so it is made before. */
export function ignoreExisting(error: unknown): void {
  if ((error as { codeName?: string }).codeName !== 'NamespaceExists') throw error;
}

/** The double-entry ledger: it only grows. Balances change in the same transaction as the entries they sum. */
export function ledgerStore(connection: Connection) {
  const { transactions, entries, balances } = collections(connection);
  return {
    /**
     * Posts a balanced transaction once under its id, inside the caller's transaction; false when it is posted already.
     * @throws DomainError `fund-overdrawn` or `above-commitment`; LedgerFault for a transaction that cannot be.
     */
    async post(session: ClientSession, transaction: Transaction, at: Date): Promise<boolean> {
      requireBalanced(transaction);
      const sha256 = sha256Of(transaction);
      const known = await transactions.findOne({ _id: transaction.id }, { session });
      if (known && known.sha256 !== sha256) throw new LedgerFault('transaction-differs', transaction.id);
      if (known) return false;
      await moveBalances(connection, session, transaction);
      const { id, municipalityId, kind } = transaction;
      await transactions.insertOne({ _id: id, municipalityId, kind, sha256, at }, { session });
      await entries.insertMany(entriesOf(transaction, at), { session });
      return true;
    },

    async balancesOf(
      municipalityId: string,
      pilotId: string | undefined,
      fiscalYear?: number,
      session?: ClientSession,
    ) {
      const filter = {
        municipalityId,
        ...(pilotId === undefined ? {} : { pilotId }),
        ...(fiscalYear === undefined ? {} : { fiscalYear }),
      };
      return balances.find(filter, session ? { session } : {}).toArray();
    },

    /** Balance of one account of a project, 0 when nothing was ever posted to it. */
    async balanceOfProject(
      session: ClientSession,
      project: { municipalityId: string; pilotId: string; projectId: string },
      account: AccountName,
    ): Promise<number> {
      const filter = {
        municipalityId: project.municipalityId,
        pilotId: project.pilotId,
        projectId: project.projectId,
        account,
      };
      const found = await balances.find(filter, { session }).toArray();
      return found.reduce((total, one) => total + one.balance, 0);
    },

    /** Entries in the order they were made, after the given one. */
    async listEntries(scope: EntryScope, after: { at: Date; id: string } | undefined, limit: number) {
      const { municipalityId, pilotId, projectId, fiscalYear } = scope;
      const filter = {
        municipalityId,
        ...(pilotId === undefined ? {} : { pilotId }),
        ...(projectId === undefined ? {} : { projectId }),
        ...(fiscalYear === undefined ? {} : { fiscalYear }),
        ...(after ? { $or: [{ at: { $gt: after.at } }, { at: after.at, _id: { $gt: after.id } }] } : {}),
      };
      return entries.find(filter).sort({ at: 1, _id: 1 }).limit(limit).toArray();
    },
  };
}
export type LedgerStore = ReturnType<typeof ledgerStore>;

function entriesOf(transaction: Transaction, at: Date): EntryDocument[] {
  const { id, kind, municipalityId, fiscalYear, pilotId, currency } = transaction;
  return transaction.legs.map((leg, line) => ({
    _id: `${id}/${String(line + 1).padStart(4, '0')}`,
    transactionId: id,
    kind,
    municipalityId,
    fiscalYear,
    pilotId,
    currency,
    at,
    ...leg,
  }));
}

/** A decrease is written only where the balance holds it: two writers cannot both take the same cent. */
async function moveBalances(connection: Connection, session: ClientSession, transaction: Transaction) {
  const movements = movementsOf(transaction);
  const taking = movements.filter(({ account, change }) => isGuarded(account) && change < 0);
  const giving = movements.filter((movement) => !taking.includes(movement));
  await take(connection, session, taking);
  if (giving.length === 0) return;
  const { municipalityId, fiscalYear, pilotId, currency } = transaction;
  const insert = { municipalityId, fiscalYear, pilotId, currency };
  await collections(connection).balances.bulkWrite(
    giving.map(({ key, account, projectId, ...sums }) => ({
      updateOne: {
        filter: { _id: key },
        update: { $inc: incOf(sums), $setOnInsert: { ...insert, account, projectId } },
        upsert: true,
      },
    })),
    { session },
  );
}

async function take(connection: Connection, session: ClientSession, taking: readonly Movement[]) {
  if (taking.length === 0) return;
  const { balances } = collections(connection);
  const keys = taking.map(({ key }) => key);
  const held = new Map(
    (await balances.find({ _id: { $in: keys } }, { session }).toArray()).map((one) => [one._id, one.balance]),
  );
  for (const movement of taking) {
    if ((held.get(movement.key) ?? 0) + movement.change < 0) throw refusalOf(movement);
  }
  const taken = await balances.bulkWrite(
    taking.map((one) => ({
      updateOne: { filter: { _id: one.key, balance: { $gte: -one.change } }, update: { $inc: incOf(one) } },
    })),
    { session },
  );
  if (taken.matchedCount !== taking.length) throw new LedgerFault('overdrawn', keys.join(', '));
}

const incOf = ({ debit, credit, change }: Pick<Movement, 'debit' | 'credit' | 'change'>) => ({
  debit,
  credit,
  balance: change,
});

function refusalOf({ account, change, key }: Movement): Error {
  if (account.endsWith('-fund'))
    return new DomainError('fund-overdrawn', `The ${account} does not hold ${-change}`);
  if (account === 'commitment') return new DomainError('above-commitment');
  return new LedgerFault('overdrawn', key);
}
