import type { PayeeRecordShape } from '@talkoot/api-contracts/payments';
import { decodeCursor, DomainError, idFrom, inTransaction, pageFrom } from '@talkoot/http-service';
import type { Call } from '@talkoot/http-service';
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Payments, Routes } from '../context.ts';
import { eraseOrWait } from './payee.erasure.ts';
import { effectOf, requireChange, requireOther } from './payee.ts';
import { withApproval, withEntry, withPayroll, withVerification } from './payee.ts';
import type { AccountDetails, Payee } from './payee.ts';
import { tellOfChange } from './payee.telling.ts';
import { accountRecordView, payeeRecordView, payeeView } from './payee.view.ts';

type MyRoutes = Routes<
  'putPayeeDetails' | 'getPayeeDetails' | 'withdrawAccountChange' | 'putNationalId' | 'requestErasure'
>;
type FinanceRoutes = Routes<
  | 'listPayees'
  | 'getPayee'
  | 'listPayeeAccounts'
  | 'enterAccount'
  | 'approveAccountChange'
  | 'refuseAccountChange'
  | 'recordVerification'
  | 'recordRegistration'
  | 'putNationalIdOf'
>;
type Who = Pick<Payee, 'municipalityId' | 'personId'>;
type Edit = (before: Payee, at: Date) => Payee;

export function payeeRoutes(payments: Payments): MyRoutes & FinanceRoutes {
  return { ...ownRoutes(payments), ...financeRoutes(payments) };
}

function ownRoutes(payments: Payments): MyRoutes {
  const me = ({ params, person }: { params: { municipalityId: string }; person: Call['person'] }): Who => ({
    municipalityId: params.municipalityId,
    personId: person.id,
  });
  return {
    async putPayeeDetails(call) {
      requireHere(call);
      const { body } = call;
      const payee =
        body.method === 'bank'
          ? await enter(payments, call, me(call), { details: body, evidence: null })
          : await edit(payments, me(call), withPayroll);
      return { body: payeeView(payee, payments.now()) };
    },
    async getPayeeDetails(call) {
      const { municipalityId, personId } = me(call);
      const found = await payments.payees.find(municipalityId, personId);
      if (!found) throw new DomainError('not-found');
      return { body: payeeView(found, payments.now()) };
    },
    async withdrawAccountChange(call) {
      const payee = await edit(payments, me(call), (before, at) => {
        requireChange(before, call.body.changeId, at);
        return { ...before, change: null, changedAt: at };
      });
      return { body: payeeView(payee, payments.now()) };
    },
    async putNationalId(call) {
      requireHere(call);
      const payee = await sealNationalId(payments, me(call), call.body.nationalId);
      return { body: payeeView(payee, payments.now()) };
    },
    async requestErasure(call) {
      const at = payments.now();
      const body = await inTransaction(payments.connection, (session) =>
        eraseOrWait(payments, session, me(call), at),
      );
      return { body: { ...body, notBefore: body.notBefore?.toISOString() ?? null } };
    },
  };
}

function financeRoutes(payments: Payments): FinanceRoutes {
  const { payees } = payments;
  const whoOf = ({ municipalityId, payeeId }: { municipalityId: string; payeeId: string }): Who => ({
    municipalityId,
    personId: payeeId,
  });
  const answer = async (payee: Payee) => ({ body: (await recordsOf(payments, [payee]))[0]! });
  return {
    async listPayees({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const { municipalityId } = params;
      const rows = await payees.list({ municipalityId, awaiting: query.awaiting }, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      return { body: { items: await recordsOf(payments, page.items), next: page.next } };
    },
    async getPayee({ params }) {
      const found = await payees.find(params.municipalityId, params.payeeId);
      if (!found) throw new DomainError('not-found');
      return answer(found);
    },
    async listPayeeAccounts({ params, query }) {
      const { municipalityId, payeeId } = params;
      const after = decodeCursor(query.after, z.string());
      const found = await payees.find(municipalityId, payeeId);
      if (!found) throw new DomainError('not-found');
      const rows = await payees.recordsOf(municipalityId, payeeId, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      // What took effect by itself is put on record when the payee is changed next.
      const latest = page.next === null ? effectOf(found, payments.now()) : null;
      const items = latest ? [...page.items, latest] : page.items;
      return { body: { items: items.map(accountRecordView), next: page.next } };
    },
    async enterAccount(call) {
      const who = whoOf(call.params);
      requireOther(who, call.person.id);
      const { evidence, ...details } = call.body;
      return answer(await enter(payments, call, who, { details, evidence }));
    },
    async approveAccountChange({ params, body, person }) {
      const approve: Edit = (before, at) => withApproval(before, body.changeId, person.id, at);
      return answer(await edit(payments, whoOf(params), approve));
    },
    async refuseAccountChange({ params, body, person, log }) {
      const payee = await edit(payments, whoOf(params), (before, at) => {
        requireChange(before, body.changeId, at);
        requireOther(before, person.id);
        return { ...before, change: null, changedAt: at };
      });
      log.warn({ changeId: body.changeId, because: body.because }, 'new account refused');
      return answer(payee);
    },
    async recordVerification({ params, body, person }) {
      const { result, changeId } = body;
      const verification = { result, checkedAt: new Date(body.checkedAt), recordedBy: person.id };
      return answer(
        await edit(payments, whoOf(params), (before, at) => {
          if (changeId !== undefined) return withVerification(before, changeId, verification, at);
          requireOther(before, person.id);
          if (!before.account) throw new DomainError('account-missing');
          return { ...before, account: { ...before.account, verification } };
        }),
      );
    },
    async recordRegistration({ params, body, person }) {
      return answer(
        await edit(payments, whoOf(params), (before, at) => {
          requireOther(before, person.id);
          if (body.until < at.toISOString().slice(0, 10)) throw new DomainError('registration-expired');
          return { ...before, registration: { ...body, recordedBy: person.id, recordedAt: at } };
        }),
      );
    },
    putNationalIdOf: async ({ params, body }) =>
      answer(await sealNationalId(payments, whoOf(params), body.nationalId)),
  };
}

function requireHere({ rolesHere }: Pick<Call, 'rolesHere'>): void {
  if (rolesHere.length === 0) throw new DomainError('not-payable-here');
}

function edit(payments: Payments, who: Who, change: Edit) {
  const at = payments.now();
  return inTransaction(payments.connection, (session) =>
    payments.payees.change(session, who, at, (before) => change(before, at)),
  );
}

function sealNationalId(payments: Payments, who: Who, text: string) {
  const at = payments.now();
  return inTransaction(payments.connection, async (session) => {
    const nationalId = await payments.payees.sealText(session, who, text);
    return payments.payees.change(session, who, at, (before) => ({ ...before, nationalId }));
  });
}

/** Takes in an account, and tells its payee if it waits. If they cannot be told now, it is tried again later. */
async function enter(
  payments: Payments,
  call: Pick<Call, 'person' | 'log'>,
  who: Who,
  given: { readonly details: AccountDetails; readonly evidence: string | null },
): Promise<Payee> {
  const at = payments.now();
  const changeId = idFrom(randomUUID(), 'chg');
  const entry = { changeId, by: call.person.id, evidence: given.evidence, at };
  const payee = await inTransaction(payments.connection, async (session) => {
    const account = await payments.payees.sealAccount(session, who, plainDetails(given.details));
    return payments.payees.change(session, who, at, (before) => withEntry(before, { ...entry, account }));
  });
  try {
    await tellOfChange(payments, payee);
  } catch (error) {
    call.log.warn({ err: error, changeId }, 'payee not told yet');
  }
  return (await payments.payees.find(who.municipalityId, who.personId)) ?? payee;
}

const plainDetails = ({ name, iban, address }: AccountDetails): AccountDetails => ({
  name,
  iban,
  ...(address ? { address } : {}),
});

async function recordsOf(
  payments: Payments,
  found: readonly Payee[],
): Promise<z.infer<typeof PayeeRecordShape>[]> {
  if (found.length === 0) return [];
  const accounts = found.flatMap(({ account, change }) =>
    [account, change?.account].flatMap((one) => one?.index ?? []),
  );
  const sharing = await payments.payees.sharing(found[0]!.municipalityId, accounts);
  return found.map((payee) => payeeRecordView(payee, sharing, payments.now()));
}
