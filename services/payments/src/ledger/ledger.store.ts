import type { AccountName, LedgerBook } from '@talkoot/api-contracts/payments';
import { chainStart, entryHash } from '@talkoot/api-contracts/payments/ledger-chain';
import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { randomBytes } from 'node:crypto';
import { entryReading } from './entry.store.ts';
import { entriesOf, entryView } from './entry.ts';
import type { EntryDocument } from './entry.ts';
import { bookKey, isGuarded, isRunOff, LedgerFault, movementsOf, requireBalanced } from './ledger.ts';
import type { Book, Movement, Transaction } from './ledger.ts';

export type { EntryDocument } from './entry.ts';

export interface BookDocument {
  /** See `bookKey`. */
  _id: string;
  municipalityId: string;
  fiscalYear: number;
  pilotId: string | null;
  currency: string;
  /** Number and hash of the last entry. */
  entries: number;
  sha256: string;
  /** The year that goes on, once this one is closed. */
  closedInto: number | null;
  /** How many entries the outside knows of by an event. */
  published: number;
}

export interface BalanceDocument {
  /** See `accountKey`. */
  _id: string;
  municipalityId: string;
  fiscalYear: number;
  pilotId: string | null;
  projectId: string | null;
  obligationId: string | null;
  account: AccountName;
  currency: string;
  debit: number;
  credit: number;
  /** On the account's normal side; a guarded account never goes below zero. */
  balance: number;
  /** Of what is kept by obligation, and of withholding and suspense: whether its entries are personal. */
  personal: boolean;
}

const collections = (connection: Connection) => ({
  books: connection.collection<BookDocument>('ledgerbooks'),
  entries: connection.collection<EntryDocument>('ledgerentries'),
  balances: connection.collection<BalanceDocument>('ledgerbalances'),
});

export async function prepareLedger(connection: Connection): Promise<void> {
  const { books, entries, balances } = collections(connection);
  await books.createIndex({ municipalityId: 1, _id: 1 });
  await entries.createIndex({ municipalityId: 1, book: 1, number: 1 }, { unique: true });
  await entries.createIndex({ municipalityId: 1, projectId: 1, book: 1, number: 1 });
  await entries.createIndex({ municipalityId: 1, obligationId: 1 }, { sparse: true });
  await entries.createIndex({ municipalityId: 1, at: 1 });
  await balances.createIndex({ municipalityId: 1, pilotId: 1 });
  await balances.createIndex({ municipalityId: 1, _id: 1 });
}

/** A collection that is made inside a transaction conflicts with its twin, so it is made before. */
export function ignoreExisting(error: unknown): void {
  if ((error as { codeName?: string }).codeName !== 'NamespaceExists') throw error;
}

/**
 * The double-entry ledger: it only grows. Balances and the head of the book change in the same transaction as the entries, so that
 * two transactions on one book meet, and the later one sees what the earlier did.
 */
export function ledgerStore(connection: Connection) {
  const { books, balances } = collections(connection);
  return {
    ...entryReading(connection),

    /**
     * Posts a balanced transaction once under its id, inside the caller's transaction; false when it is posted already. What was
     * owed in a closed year is paid in the year that follows it.
     * @throws DomainError `fund-overdrawn`, `above-commitment`, `fiscal-year-closed`; LedgerFault for a transaction that cannot be.
     */
    async post(session: ClientSession, transaction: Transaction, at: Date): Promise<boolean> {
      requireBalanced(transaction);
      if (await isPosted(connection, session, transaction)) return false;
      await append(connection, session, transaction, at);
      return true;
    },

    /** Ends a book: from now on only what was owed in it moves, in the book of the year after. */
    async closeBook(session: ClientSession, book: Book, into: number): Promise<void> {
      const head = await headOf(connection, session, book);
      if (head?.closedInto) throw new DomainError('fiscal-year-closed');
      await writeHead(connection, session, head, { ...(head ?? newBook(book)), closedInto: into });
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
      const { municipalityId, pilotId, projectId } = project;
      const found = await balances
        .find({ municipalityId, pilotId, projectId, account }, { session })
        .toArray();
      return found.reduce((total, one) => total + one.balance, 0);
    },

    listBooks: (municipalityId: string, after: string | undefined, limit: number) =>
      books
        .find({ municipalityId, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    listBalances: (municipalityId: string, after: string | undefined, limit: number) =>
      balances
        .find({ municipalityId, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),
    /** Books with entries that the outside does not know of. */
    unpublishedBooks: (limit: number) =>
      books
        .find({ $expr: { $gt: ['$entries', '$published'] } })
        .limit(limit)
        .toArray(),
    /** False when another process told of it first. */
    async markPublished(session: ClientSession, { _id, entries, published }: BookDocument): Promise<boolean> {
      const marked = await books.updateOne({ _id, published }, { $set: { published: entries } }, { session });
      return marked.matchedCount === 1;
    },
  };
}
export type LedgerStore = ReturnType<typeof ledgerStore>;

/** @throws LedgerFault `transaction-differs` when another one is known under this id. */
async function isPosted(connection: Connection, session: ClientSession, transaction: Transaction) {
  const { entries } = collections(connection);
  const { id } = transaction;
  // Ids of entries begin with the transaction's and a slash; '0' is the character after it.
  const known = await entries.find({ _id: { $gte: `${id}/`, $lt: `${id}0` } }, { session }).toArray();
  if (known.length === 0) return false;
  const written = new Set(known.map(contentOf));
  const asked = entriesOf(transaction, known[0]!.at);
  const same = asked.length === known.length && asked.every((entry) => written.has(contentOf(entry)));
  if (!same) throw new LedgerFault('transaction-differs', id);
  return true;
}

/** What makes two entries the same, whichever year took them in. */
const contentOf = (entry: Omit<EntryDocument, 'number' | 'sha256' | 'salt'>): string =>
  JSON.stringify([
    entry._id,
    entry.municipalityId,
    entry.pilotId,
    entry.projectId,
    entry.obligationId,
    entry.account,
    entry.side,
    entry.amount,
    entry.currency,
  ]);

async function append(
  connection: Connection,
  session: ClientSession,
  transaction: Transaction,
  at: Date,
): Promise<void> {
  const head = await headOf(connection, session, transaction);
  if (head?.closedInto) {
    if (!isRunOff(transaction)) throw new DomainError('fiscal-year-closed');
    return append(connection, session, { ...transaction, fiscalYear: head.closedInto }, at);
  }
  const chained = chain(transaction, at, head);
  const { number, sha256 } = chained.at(-1)!;
  await moveBalances(connection, session, transaction);
  await collections(connection).entries.insertMany(chained, { session });
  await writeHead(connection, session, head, { ...(head ?? newBook(transaction)), entries: number, sha256 });
}

const headOf = (connection: Connection, session: ClientSession, book: Book) =>
  collections(connection).books.findOne({ _id: bookKey(book) }, { session });

/** Every change of a book is written here, so that two of them conflict. */
async function writeHead(
  connection: Connection,
  session: ClientSession,
  before: BookDocument | null,
  after: BookDocument,
): Promise<void> {
  const { books } = collections(connection);
  const { entries, sha256, closedInto } = after;
  if (!before) await books.insertOne(after, { session });
  else await books.updateOne({ _id: after._id }, { $set: { entries, sha256, closedInto } }, { session });
}

const newBook = ({ municipalityId, fiscalYear, pilotId, currency }: Book): BookDocument => ({
  _id: bookKey({ municipalityId, fiscalYear, pilotId, currency }),
  municipalityId,
  fiscalYear,
  pilotId,
  currency,
  entries: 0,
  sha256: chainStart,
  closedInto: null,
  published: 0,
});

function chain(transaction: Transaction, at: Date, head: BookDocument | null): EntryDocument[] {
  let before: Pick<BookDocument, 'entries' | 'sha256'> = head ?? newBook(transaction);
  return entriesOf(transaction, at).map(({ personal, ...entry }) => {
    const salt = personal ? randomBytes(16).toString('hex') : null;
    const numbered = { ...entry, salt, number: before.entries + 1 };
    const sha256 = entryHash(before.sha256, entry.municipalityId, entryView({ ...numbered, sha256: '' }));
    before = { entries: numbered.number, sha256 };
    return { ...numbered, sha256 };
  });
}

/** A decrease is written only where the balance holds it: two writers cannot both take the same cent. */
async function moveBalances(connection: Connection, session: ClientSession, transaction: Transaction) {
  const { balances } = collections(connection);
  const movements = movementsOf(transaction);
  const { municipalityId, fiscalYear, pilotId, currency } = transaction;
  const of = { municipalityId, fiscalYear, pilotId, currency };
  const written = await balances.bulkWrite(
    movements.map((one) => ({
      updateOne: isTaking(one)
        ? { filter: { _id: one.key, balance: { $gte: -one.change } }, update: { $inc: incOf(one) } }
        : {
            filter: { _id: one.key },
            update: { $inc: incOf(one), $setOnInsert: { ...of, ...placeOf(one) } },
            upsert: true,
          },
    })),
    { session },
  );
  if (written.matchedCount + written.upsertedCount !== movements.length) {
    throw await overdrawn(connection, movements.filter(isTaking));
  }
}

const isTaking = ({ account, change }: Movement): boolean => isGuarded(account) && change < 0;
const incOf = ({ debit, credit, change }: Movement) => ({ debit, credit, balance: change });
const placeOf = ({ account, projectId, obligationId, personal }: Movement) => ({
  account,
  projectId,
  obligationId,
  personal,
});

/** Says which account did not hold enough. What was written meanwhile goes with the transaction. */
async function overdrawn(connection: Connection, taking: readonly Movement[]): Promise<Error> {
  const keys = taking.map(({ key }) => key);
  // Outside the transaction, which has taken some of them already.
  const held = await collections(connection)
    .balances.find({ _id: { $in: keys } })
    .toArray();
  const balanceOf = (key: string) => held.find(({ _id }) => _id === key)?.balance ?? 0;
  return refusalOf(taking.find(({ key, change }) => balanceOf(key) < -change) ?? taking[0]!);
}

function refusalOf({ account, change, key }: Movement): Error {
  if (account.endsWith('-fund'))
    return new DomainError('fund-overdrawn', `The ${account} does not hold ${-change}`);
  if (account === 'commitment') return new DomainError('above-commitment');
  return new LedgerFault('overdrawn', key);
}

export const bookView = ({
  fiscalYear,
  pilotId,
  currency,
  entries,
  sha256,
  closedInto,
}: BookDocument): LedgerBook => ({
  fiscalYear,
  pilotId,
  currency,
  entries,
  sha256,
  closedInto,
});
