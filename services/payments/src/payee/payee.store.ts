import type { ClientSession, Connection } from 'mongoose';
import { ignoreExisting } from '../ledger/ledger.store.ts';
import { checkedIban, maskIban } from './payee.ts';
import type { Sealed, Vault } from './vault.ts';

export interface PayeeDocument {
  /** `<municipality>/<person>`: nobody's details serve two municipalities. */
  _id: string;
  municipalityId: string;
  personId: string;
  method: 'payroll' | 'bank';
  masked: string | null;
  fingerprint: string | null;
  sealed: Sealed | null;
  changedAt: Date;
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

const keyOf = (municipalityId: string, personId: string) => `${municipalityId}/${personId}`;

export async function preparePayees(connection: Connection): Promise<void> {
  await connection.createCollection('payees').catch(ignoreExisting);
}

/** How people are paid. Account numbers are encrypted before they come here and bound to their payee. */
export function payeeStore(connection: Connection, vault: Vault) {
  const payees = connection.collection<PayeeDocument>('payees');
  return {
    async put(
      municipalityId: string,
      personId: string,
      details: { method: 'payroll' } | { method: 'bank'; iban: string },
      at: Date,
    ): Promise<PayeeDocument> {
      const _id = keyOf(municipalityId, personId);
      const destination =
        details.method === 'payroll' ? payrollDestination : sealIban(vault, details.iban, _id);
      const document = { municipalityId, personId, ...destination, changedAt: at };
      await payees.updateOne({ _id }, { $set: document }, { upsert: true });
      return { _id, ...document };
    },
    find: (municipalityId: string, personId: string) =>
      payees.findOne({ _id: keyOf(municipalityId, personId) }),
    async findMany(municipalityId: string, personIds: readonly string[], session: ClientSession) {
      const ids = personIds.map((personId) => keyOf(municipalityId, personId));
      const found = await payees.find({ _id: { $in: ids } }, { session }).toArray();
      return new Map(found.map((one) => [one.personId, one]));
    },
    /** The account number in full, for the instruction of a released payment only. */
    openIban(municipalityId: string, personId: string, sealed: Sealed): string {
      return vault.open(sealed, keyOf(municipalityId, personId));
    },
  };
}
export type PayeeStore = ReturnType<typeof payeeStore>;

function sealIban(vault: Vault, text: string, about: string): Destination {
  const iban = checkedIban(text);
  return {
    method: 'bank',
    masked: maskIban(iban),
    fingerprint: vault.fingerprint(iban),
    sealed: vault.seal(iban, about),
  };
}
