import { DomainError } from '@talkoot/http-service';
import type { ClientSession, Connection } from 'mongoose';
import { ignoreExisting } from '../ledger/ledger.store.ts';
import { requireWritable } from '../bank/order/sepa.text.ts';
import { asOf, checkedIban, effectOf, maskIban, newPayee } from './payee.ts';
import type { Account, AccountDetails, AccountRecord, Payee } from './payee.ts';
import type { PayeeKey, Sealed, Vault, VaultSealed } from './vault.ts';

export interface PayeeDocument extends Payee {
  /** `<municipality>/<person>`: nobody's details serve two municipalities. */
  readonly _id: string;
  /** Counts what was decided because of how the payee is paid. */
  readonly touched?: number;
}

export interface AccountRecordDocument extends AccountRecord {
  /** `<municipality>/<person>/<since>/<change>`: in the order in which they were paid to. */
  readonly _id: string;
}

interface KeyDocument extends VaultSealed {
  /** As the payee's. */
  _id: string;
}

/** Where a payment goes, as an attempt keeps it: a later change of the payee's details leaves it alone. */
export interface Destination {
  readonly method: 'payroll' | 'bank';
  readonly masked: string | null;
  readonly fingerprint: string | null;
  readonly sealed: Sealed | null;
}

export const payrollDestination: Destination = {
  method: 'payroll',
  masked: null,
  fingerprint: null,
  sealed: null,
};

const idOf = (municipalityId: string, personId: string) => `${municipalityId}/${personId}`;

const collections = (connection: Connection) => ({
  payees: connection.collection<PayeeDocument>('payees'),
  keys: connection.collection<KeyDocument>('payeekeys'),
  records: connection.collection<AccountRecordDocument>('payeeaccounts'),
});

export async function preparePayees(connection: Connection): Promise<void> {
  await connection.createCollection('payees').catch(ignoreExisting);
  await connection.createCollection('payeekeys').catch(ignoreExisting);
  await connection.createCollection('payeeaccounts').catch(ignoreExisting);
  const { payees, keys, records } = collections(connection);
  await payees.createIndex({ municipalityId: 1, _id: 1 });
  await payees.createIndex({ municipalityId: 1, 'account.index': 1 });
  await payees.createIndex({ municipalityId: 1, 'change.account.index': 1 });
  await payees.createIndex({ changedAt: 1 });
  await payees.createIndex({ 'change.changeId': 1 }, { sparse: true });
  await payees.createIndex({ erasureAskedAt: 1, _id: 1 });
  await keys.createIndex({ by: 1, _id: 1 });
  await records.createIndex({ municipalityId: 1, personId: 1, _id: 1 });
}

/** How people are paid. What is secret is encrypted with the payee's own key before it is stored. */
export function payeeStore(connection: Connection, vault: Vault) {
  const { payees, keys, records } = collections(connection);

  /** The payee's key, made when it is first needed. */
  async function keyOf(session: ClientSession, _id: string): Promise<PayeeKey> {
    const made = vault.newKey(_id);
    const wrapped = await keys.findOneAndUpdate(
      { _id },
      { $setOnInsert: made },
      { session, upsert: true, returnDocument: 'after' },
    );
    return vault.unlock(wrapped!, _id);
  }

  /** The payee as of an instant; which new account took effect is put on record. */
  async function settled(session: ClientSession, payee: Payee, at: Date): Promise<Payee> {
    const record = effectOf(payee, at);
    if (!record) return payee;
    const { municipalityId, personId, since, changeId } = record;
    const _id = `${idOf(municipalityId, personId)}/${since.toISOString()}/${changeId}`;
    await records.insertOne({ ...record, _id }, { session });
    return asOf(payee, at);
  }

  return {
    ...reading(connection, vault),
    ...upkeep(connection, vault),

    /**
     * Changes a payee inside a transaction, or makes one. What has cooled off is settled first, and recorded.
     * @returns the payee as it is then
     */
    async change(
      session: ClientSession,
      { municipalityId, personId }: Pick<Payee, 'municipalityId' | 'personId'>,
      at: Date,
      change: (before: Payee) => Payee,
    ): Promise<PayeeDocument> {
      const _id = idOf(municipalityId, personId);
      const found = await payees.findOne({ _id }, { session });
      const before = found ? await settled(session, found, at) : newPayee(municipalityId, personId, at);
      const after = { ...(await settled(session, change(before), at)), _id };
      await payees.replaceOne({ _id }, after, { session, upsert: true });
      return after;
    },

    /** The payee, made to conflict with every concurrent change of it. Of somebody unknown a payee is made who said nothing yet. */
    async touch(
      session: ClientSession,
      { municipalityId, personId }: Pick<Payee, 'municipalityId' | 'personId'>,
      at: Date,
    ): Promise<Payee> {
      const _id = idOf(municipalityId, personId);
      const touched = await payees.findOneAndUpdate(
        { _id },
        { $inc: { touched: 1 }, $setOnInsert: newPayee(municipalityId, personId, at) },
        { session, upsert: true, returnDocument: 'after' },
      );
      return asOf(touched!, at);
    },

    /** @throws DomainError `iban-invalid`, `text-unwritable` */
    async sealAccount(
      session: ClientSession,
      payee: Pick<Payee, 'municipalityId' | 'personId'>,
      details: AccountDetails,
    ): Promise<Account> {
      const iban = checkedIban(details.iban);
      requireWritable(details);
      const key = await keyOf(session, idOf(payee.municipalityId, payee.personId));
      return {
        masked: maskIban(iban),
        fingerprint: key.fingerprint(iban),
        index: vault.fingerprint(iban),
        holder: key.fingerprint(JSON.stringify([details.name, iban])),
        sealed: key.seal(JSON.stringify({ ...details, iban })),
        verification: null,
      };
    },

    async sealText(
      session: ClientSession,
      payee: Pick<Payee, 'municipalityId' | 'personId'>,
      text: string,
    ): Promise<Sealed> {
      return (await keyOf(session, idOf(payee.municipalityId, payee.personId))).seal(text);
    },
  };
}
export type PayeeStore = ReturnType<typeof payeeStore>;

/** An account as an attempt keeps it: what was sealed for the payee, and what was signed of it. */
interface SignedAccount {
  readonly personId: string;
  readonly sealed: Sealed | null;
  readonly fingerprint: string | null;
}

/** @throws DomainError `batch-changed` also for what the payee's key does not open */
function openSigned(key: PayeeKey, { personId, sealed, fingerprint }: SignedAccount): AccountDetails {
  const changed = new DomainError(
    'batch-changed',
    `The account of ${personId} is not the one that was signed`,
  );
  let details: AccountDetails;
  try {
    details = JSON.parse(key.open(sealed!)) as AccountDetails;
  } catch {
    throw changed;
  }
  if (key.fingerprint(details.iban) !== fingerprint) throw changed;
  return details;
}

function reading(connection: Connection, vault: Vault) {
  const { payees, keys, records } = collections(connection);

  async function keysOf(municipalityId: string, personIds: readonly string[], session: ClientSession) {
    const ids = personIds.map((personId) => idOf(municipalityId, personId));
    const wrapped = await keys.find({ _id: { $in: ids } }, { session }).toArray();
    const unlocked = new Map(wrapped.map((one) => [one._id, vault.unlock(one, one._id)]));
    return ids.map((id) => unlocked.get(id));
  }

  return {
    find: (municipalityId: string, personId: string, session?: ClientSession) =>
      payees.findOne({ _id: idOf(municipalityId, personId) }, session ? { session } : {}),
    async findMany(municipalityId: string, personIds: readonly string[], session?: ClientSession) {
      const ids = personIds.map((personId) => idOf(municipalityId, personId));
      const found = await payees.find({ _id: { $in: ids } }, session ? { session } : {}).toArray();
      return new Map(found.map((one) => [one.personId, one]));
    },
    list(
      { municipalityId, awaiting }: { municipalityId: string; awaiting?: 'approval' | undefined },
      after: string | undefined,
      limit: number,
    ) {
      const open = awaiting ? { 'change.changeId': { $exists: true }, 'change.approvedAt': null } : {};
      return payees
        .find({ municipalityId, ...open, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray();
    },

    /** New accounts that were paid to, the first of them first; one that took effect since the payee was last changed is not among them. */
    recordsOf: (municipalityId: string, personId: string, after: string | undefined, limit: number) =>
      records
        .find({ municipalityId, personId, ...(after === undefined ? {} : { _id: { $gt: after } }) })
        .sort({ _id: 1 })
        .limit(limit)
        .toArray(),

    /** How many payees of a municipality have each of these accounts, by its index. */
    async sharing(municipalityId: string, accounts: readonly string[]): Promise<Map<string, number>> {
      const among = { $in: [...accounts] };
      const has = [{ 'account.index': among }, { 'change.account.index': among }];
      const counted = await payees
        .aggregate<{ _id: string; payees: number }>([
          { $match: { municipalityId, $or: has } },
          // Each payee once for each account, whether it is paid to or waits.
          { $project: { index: { $setUnion: [['$account.index', '$change.account.index']] } } },
          { $unwind: '$index' },
          { $match: { index: among } },
          { $group: { _id: '$index', payees: { $sum: 1 } } },
        ])
        .toArray();
      return new Map(counted.map((one) => [one._id, one.payees]));
    },

    /** What was sealed for these payees, in their order; null where the payee's key is erased or nothing was sealed. */
    async openTexts(
      municipalityId: string,
      sealed: readonly { readonly personId: string; readonly sealed: Sealed | null }[],
      session: ClientSession,
    ): Promise<(string | null)[]> {
      const people = sealed.map(({ personId }) => personId);
      const unlocked = await keysOf(municipalityId, people, session);
      return sealed.map((one, at) => (one.sealed && unlocked[at] ? unlocked[at].open(one.sealed) : null));
    },

    /**
     * Accounts in full, for the bank file of released payments only; null where the payee's key is erased.
     * @throws DomainError `batch-changed` for an account that has not the fingerprint that was signed
     */
    async openAccounts(
      municipalityId: string,
      signed: readonly SignedAccount[],
      session: ClientSession,
    ): Promise<(AccountDetails | null)[]> {
      const people = signed.map(({ personId }) => personId);
      const unlocked = await keysOf(municipalityId, people, session);
      return signed.map((one, at) => (one.sealed && unlocked[at] ? openSigned(unlocked[at], one) : null));
    },
  };
}

/** What is done beside requests, a few payees at a time. */
function upkeep(connection: Connection, vault: Vault) {
  const { payees, keys, records } = collections(connection);
  const pageOf = (filter: object, after: string | undefined, limit: number) =>
    payees
      .find({ ...filter, ...(after === undefined ? {} : { _id: { $gt: after } }) })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
  return {
    /** Payees with a new account of which they were not told. */
    untold: (after: string | undefined, limit: number) =>
      pageOf({ 'change.changeId': { $exists: true }, 'change.toldAt': null }, after, limit),
    askedForErasure: (after: string | undefined, limit: number) =>
      pageOf({ erasureAskedAt: { $type: 'date' } }, after, limit),
    unchangedSince: (at: Date, after: string | undefined, limit: number) =>
      pageOf({ changedAt: { $lt: at } }, after, limit),
    /** Without its key nothing that was sealed for the payee can be read, here, in attempts or in a copy of either. */
    async destroyKey(session: ClientSession, { municipalityId, personId }: Payee): Promise<void> {
      await keys.deleteOne({ _id: idOf(municipalityId, personId) }, { session });
    },
    async remove(session: ClientSession, { municipalityId, personId }: Payee): Promise<void> {
      await payees.deleteOne({ _id: idOf(municipalityId, personId) }, { session });
      await records.deleteMany({ municipalityId, personId }, { session });
    },

    /** Ids of payees whose key another than the current one wraps. */
    async wrappedBefore(limit: number): Promise<string[]> {
      const found = await keys
        .find({ by: { $ne: vault.keyId } })
        .limit(limit)
        .toArray();
      return found.map(({ _id }) => _id);
    },
    /** Wraps the key of a payee by the current one, and marks its accounts anew. */
    async rewrap(session: ClientSession, _id: string): Promise<void> {
      const wrapped = await keys.findOne({ _id }, { session });
      if (!wrapped || wrapped.by === vault.keyId) return;
      await keys.replaceOne({ _id }, vault.seal(vault.open(wrapped, _id), _id), { session });
      const payee = await payees.findOne({ _id }, { session });
      if (!payee) return;
      const key = vault.unlock(wrapped, _id);
      const marked = (account: Account): Account => {
        const { iban } = JSON.parse(key.open(account.sealed)) as AccountDetails;
        return { ...account, index: vault.fingerprint(iban) };
      };
      const { account, change } = payee;
      const set = {
        account: account && marked(account),
        change: change && { ...change, account: marked(change.account) },
      };
      await payees.updateOne({ _id }, { $set: set }, { session });
    },
  };
}
