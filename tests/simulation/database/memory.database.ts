import mongoose from 'mongoose';
import { copyOf, type Document } from './document.ts';
import { matcherOf } from './language.ts';

const { MongoServerError } = mongoose.mongo;

/** One transaction: it sees the database as it was at its first operation, and what it has written itself. */
export interface Transaction {
  /** The commit that is the last it sees; null before its first operation. */
  seen: number | null;
  state: 'open' | 'committed' | 'aborted';
  readonly writes: Map<Slot, Document | null>;
  readonly undo: (() => void)[];
}

interface Version {
  readonly commit: number;
  readonly document: Document | null;
}

/** Everything ever committed under one id of a collection, and who writes to it now. */
interface Slot {
  readonly id: string;
  readonly collection: MemoryCollection;
  readonly versions: Version[];
  writer: Transaction | null;
}

export interface IndexOptions {
  readonly name?: string;
  readonly unique?: boolean;
  readonly partialFilterExpression?: Document;
}

interface UniqueIndex {
  readonly name: string;
  readonly fields: readonly string[];
  readonly covers: (document: Document) => boolean;
  /** Keys and whose they are, with versions and writers of their own, as those of documents. */
  readonly entries: Map<string, Slot>;
}

/**
 * What MongoDB promises to a transaction, in memory: snapshots, write conflicts, unique and partial indexes, validators.
 * `memory.contract.int.test.ts` holds it against a real one.
 */
export class MemoryDatabase {
  readonly #collections = new Map<string, MemoryCollection>();
  #commit = 0;

  get commit(): number {
    return this.#commit;
  }

  collection(name: string): MemoryCollection {
    const known = this.#collections.get(name);
    if (known) return known;
    const made = new MemoryCollection(name, this);
    this.#collections.set(name, made);
    return made;
  }

  get names(): string[] {
    return [...this.#collections.keys()].toSorted();
  }

  begin(): Transaction {
    return { seen: null, state: 'open', writes: new Map(), undo: [] };
  }

  /** Sees everything that is committed now, until the end of the operation. */
  inOwnTransaction<T>(work: (transaction: Transaction) => T): T {
    const transaction = this.begin();
    try {
      const result = work(transaction);
      this.commitOf(transaction);
      return result;
    } catch (error) {
      this.abort(transaction);
      throw error;
    }
  }

  /** Committing again what is committed changes nothing, as a driver does that heard no answer. */
  commitOf(transaction: Transaction): void {
    if (transaction.state === 'committed') return;
    if (transaction.state === 'aborted') throw noSuchTransaction();
    transaction.state = 'committed';
    if (transaction.writes.size === 0) return;
    this.#commit += 1;
    for (const [slot, document] of transaction.writes) {
      slot.versions.push({ commit: this.#commit, document });
      slot.writer = null;
      slot.collection.forgetCommitted();
    }
  }

  abort(transaction: Transaction): void {
    if (transaction.state !== 'open') return;
    transaction.state = 'aborted';
    for (const undo of transaction.undo.toReversed()) undo();
  }
}

export class MemoryCollection {
  readonly name: string;
  readonly #database: MemoryDatabase;
  readonly #slots = new Map<string, Slot>();
  readonly #unique: UniqueIndex[] = [];
  #isValid: (document: Document) => boolean = () => true;
  #committed: readonly Document[] | null = null;

  constructor(name: string, database: MemoryDatabase) {
    this.name = name;
    this.#database = database;
  }

  createIndex(keys: Readonly<Record<string, unknown>>, options: IndexOptions = {}): void {
    const fields = Object.keys(keys);
    const name = options.name ?? fields.join('_');
    if (!options.unique || this.#unique.some((one) => one.name === name)) return;
    const filter = options.partialFilterExpression;
    const covers = filter ? matcherOf(filter) : () => true;
    this.#unique.push({ name, fields, covers, entries: new Map() });
  }

  /** Lifts a promise of the database: for planted bugs. */
  dropUniqueIndexes(): void {
    this.#unique.length = 0;
  }

  validate(validator: Document | null): void {
    this.#isValid = validator ? matcherOf(validator) : () => true;
  }

  /** Documents that the transaction sees, as they are stored: whoever hands them out copies them. */
  seenBy(transaction: Transaction, ids?: readonly string[]): Document[] {
    transaction.seen ??= this.#database.commit;
    const slots = ids ? ids.flatMap((id) => this.#slots.get(id) ?? []) : this.#slots.values();
    const seen: Document[] = [];
    for (const slot of slots) {
      const document = documentSeen(slot, transaction);
      if (document) seen.push(document);
    }
    return seen;
  }

  /** Everything committed, whatever anybody is about to write; the same list until something else is. */
  committed(): readonly Document[] {
    return (this.#committed ??= [...this.#slots.values()].flatMap((slot): Document[] =>
      nothingOr(slot.versions.at(-1)?.document),
    ));
  }

  /** An id that nothing here has had. */
  get nextId(): string {
    return `${this.name}-${this.#slots.size + 1}`;
  }

  forgetCommitted(): void {
    this.#committed = null;
  }

  /** @throws MongoServerError of a duplicate key, a write conflict or a document that the validator refuses */
  insert(transaction: Transaction, document: Document): void {
    transaction.seen ??= this.#database.commit;
    const id = keyOf(document['_id']);
    const slot = this.#slots.get(id) ?? { id, collection: this, versions: [], writer: null };
    if (documentSeen(slot, transaction)) throw duplicateKey(`${this.name} _id ${id}`);
    this.#slots.set(id, slot);
    this.#write(transaction, slot, document);
  }

  replace(transaction: Transaction, before: Document, after: Document): void {
    this.#write(transaction, this.#slots.get(keyOf(before['_id']))!, after);
  }

  delete(transaction: Transaction, document: Document): void {
    this.#write(transaction, this.#slots.get(keyOf(document['_id']))!, null);
  }

  #write(transaction: Transaction, slot: Slot, document: Document | null): void {
    if (transaction.state !== 'open') throw noSuchTransaction();
    if (document && !this.#isValid(document)) throw refusedByValidator(this.name);
    const before = documentSeen(slot, transaction);
    put(transaction, slot, document && copyOf(document));
    for (const index of this.#unique) this.#move(index, transaction, { before, after: document });
  }

  #move(
    index: UniqueIndex,
    transaction: Transaction,
    change: { readonly before: Document | null; readonly after: Document | null },
  ): void {
    const keyOfOne = (document: Document | null) =>
      document && index.covers(document) ? keyIn(index, document) : null;
    const [from, to] = [keyOfOne(change.before), keyOfOne(change.after)];
    if (from === to) return;
    if (from !== null) put(transaction, index.entries.get(from)!, null);
    if (to === null) return;
    const entry = index.entries.get(to) ?? { id: to, collection: this, versions: [], writer: null };
    index.entries.set(to, entry);
    if (documentSeen(entry, transaction)) throw duplicateKey(`${index.name} ${to}`);
    put(transaction, entry, { owner: change.after!['_id'] });
  }
}

/** @throws MongoServerError where another writes to it, or wrote to it after the transaction began */
function put(transaction: Transaction, slot: Slot, document: Document | null): void {
  if (slot.writer && slot.writer !== transaction) throw writeConflict();
  if ((slot.versions.at(-1)?.commit ?? 0) > (transaction.seen ?? 0)) throw writeConflict();
  const written = transaction.writes.get(slot);
  slot.writer = transaction;
  transaction.writes.set(slot, document);
  transaction.undo.push(() => {
    if (written !== undefined) transaction.writes.set(slot, written);
    else {
      transaction.writes.delete(slot);
      slot.writer = null;
    }
  });
}

function documentSeen(slot: Slot, transaction: Transaction): Document | null {
  const written = transaction.writes.get(slot);
  if (written !== undefined) return written;
  const seen = transaction.seen ?? 0;
  return slot.versions.findLast(({ commit }) => commit <= seen)?.document ?? null;
}

const nothingOr = (document: Document | null | undefined): Document[] => (document ? [document] : []);

const keyOf = (id: unknown): string => (typeof id === 'string' ? id : JSON.stringify(id));

const keyIn = (index: UniqueIndex, document: Document): string =>
  JSON.stringify(index.fields.map((field) => fieldOf(document, field) ?? null));

function fieldOf(document: Document, path: string): unknown {
  return path.split('.').reduce<unknown>((at, part) => (at as Document | null)?.[part], document);
}

const failure = (code: number, message: string, errorLabels: string[] = []) =>
  new MongoServerError({ message, code, errorLabels });

export const writeConflict = () => failure(112, 'WriteConflict', ['TransientTransactionError']);
export const noSuchTransaction = () => failure(251, 'NoSuchTransaction', ['TransientTransactionError']);
const duplicateKey = (what: string) => failure(11_000, `E11000 duplicate key: ${what}`);
const refusedByValidator = (name: string) => failure(121, `Document failed validation in ${name}`);
