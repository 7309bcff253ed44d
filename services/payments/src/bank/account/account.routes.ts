import { decodeCursor, DomainError, idFrom, once, pageFrom } from '@talkoot/http-service';
import { z } from 'zod';
import type { Payments, Routes } from '../../context.ts';
import { checkedIban } from '../../payee/payee.ts';
import { requireDebtor } from './account.ts';
import type { DebtorAccountDocument } from './account.store.ts';

type AccountRoutes = Routes<'proposeDebtorAccount' | 'confirmDebtorAccount' | 'listDebtorAccounts'>;

export function debtorAccountRoutes(payments: Payments): AccountRoutes {
  const { connection, debtorAccounts } = payments;
  return {
    async proposeDebtorAccount(call) {
      const { body, person } = call;
      requireDebtor(body);
      const account: DebtorAccountDocument = {
        _id: idFrom(call.operationId, 'acc'),
        municipalityId: call.params.municipalityId,
        currency: body.currency,
        name: body.name,
        iban: checkedIban(body.iban),
        bic: body.bic,
        state: 'proposed',
        proposedBy: person.id,
        confirmedBy: null,
        proposedAt: payments.now(),
      };
      return {
        body: await once(connection, call, async (session) => {
          await debtorAccounts.insert(session, account);
          return accountView(account);
        }),
      };
    },
    async confirmDebtorAccount(call) {
      const { municipalityId, accountId } = call.params;
      return {
        body: await once(connection, call, async (session) => {
          const account = await debtorAccounts.find(municipalityId, accountId, session);
          if (!account) throw new DomainError('not-found');
          if (account.state !== 'proposed') throw new DomainError('not-proposed');
          if (account.proposedBy === call.person.id) throw new DomainError('same-person-twice');
          await debtorAccounts.confirm(session, account, call.person.id);
          return accountView({ ...account, state: 'in-force', confirmedBy: call.person.id });
        }),
      };
    },
    async listDebtorAccounts({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      const rows = await debtorAccounts.list(params.municipalityId, after, query.limit + 1);
      const page = pageFrom(rows, query.limit, ({ _id }) => _id);
      return { body: { items: page.items.map(accountView), next: page.next } };
    },
  };
}

function accountView(account: DebtorAccountDocument) {
  const { _id, currency, name, iban, bic, state, proposedBy, confirmedBy, proposedAt } = account;
  return {
    accountId: _id,
    currency,
    name,
    iban,
    bic,
    state,
    proposedBy,
    confirmedBy,
    proposedAt: proposedAt.toISOString(),
  };
}
