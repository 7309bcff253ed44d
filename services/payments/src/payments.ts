import type { Outbox } from '@talkoot/event-bus';
import { createLifecycleRecord } from '@talkoot/lifecycle-record';
import type { Client } from '@temporalio/client';
import type { Connection } from 'mongoose';
import { debtorAccountStore, prepareDebtorAccounts } from './bank/account/account.store.ts';
import { bankContentStore, prepareBankContents } from './bank/bank.content.store.ts';
import { bankMessageStore, prepareBankMessages } from './bank/message/message.store.ts';
import { decideStatus } from './bank/message/status.decision.ts';
import { bankFileStore, prepareBankFiles } from './bank/order/order.store.ts';
import { reconciliationStore } from './bank/reconciliation/reconciliation.store.ts';
import { batchSteps } from './batch/batch.steps.ts';
import { batchStore, prepareBatches } from './batch/batch.store.ts';
import { bonusStore, prepareBonuses } from './bonus/bonus.store.ts';
import type { Notice, Payments, PersonnelNumbers, Projects } from './context.ts';
import { fundStore, prepareFunds } from './fund/fund.store.ts';
import { yearEndStore } from './fund/year-end.store.ts';
import { createLane } from './ledger/lane.ts';
import { ledgerStore, prepareLedger } from './ledger/ledger.store.ts';
import { closingKeysOf, obligationIdsOf } from './obligation/obligation.ts';
import { obligationStore, prepareObligations } from './obligation/obligation.store.ts';
import { outcomeStore, prepareOutcomes } from './outcome/outcome.store.ts';
import { payeeStore, preparePayees } from './payee/payee.store.ts';
import type { Vault } from './payee/vault.ts';
import { payrollStore, preparePayroll } from './payroll/payroll.store.ts';
import { prepareSettlements, settlementStore } from './settlement/settlement.store.ts';
import { prepareSpending, spendingStore } from './spending/spending.store.ts';
import type { WebhookCaller } from './webhook/webhook.call.ts';
import type { WebhookPolicy } from './webhook/webhook.ts';
import { prepareWebhooks, webhooksOf } from './webhook/webhooks.ts';

export interface PaymentsParts {
  readonly connection: Connection;
  readonly outbox: Outbox;
  readonly temporal: Client;
  readonly projects: Projects;
  readonly vault: Vault;
  readonly notify: (notice: Notice) => Promise<void>;
  readonly personnelNumbers: PersonnelNumbers;
  readonly coolingOff: number;
  readonly returnWindow: number;
  readonly bankFileDays: number;
  readonly webhook: { readonly caller: WebhookCaller; readonly policy: WebhookPolicy };
  readonly now: () => Date;
}

/** Everything the routes of this service work with. */
export function paymentsOf({ vault, temporal, webhook, ...parts }: PaymentsParts): Payments {
  const { connection, outbox, now } = parts;
  const stores = {
    ledger: ledgerStore(connection),
    funds: fundStore(connection),
    yearEnds: yearEndStore(connection),
    spending: spendingStore(connection),
    bonuses: bonusStore(connection),
    obligations: obligationStore(connection, vault),
    obligationIdOf: obligationIdsOf(vault),
    closingKeyOf: closingKeysOf(vault),
    outcomes: outcomeStore(connection),
    payees: payeeStore(connection, vault),
    payroll: payrollStore(connection),
    batches: batchStore(connection, vault),
    settlements: settlementStore(connection),
    debtorAccounts: debtorAccountStore(connection),
    bankFiles: bankFileStore(connection),
    bankMessages: bankMessageStore(connection),
    decideStatus,
    bankContents: bankContentStore(connection, vault),
    reconciliations: reconciliationStore(connection),
    webhooks: webhooksOf({ connection, vault, now, ...webhook }),
    lane: createLane(),
  };
  const onStep = { batch: batchSteps(() => ({ ...stores, outbox })) };
  const record = createLifecycleRecord({ connection, outbox, temporal, onStep });
  return { ...parts, ...stores, record };
}

/** Makes every collection and index before the first request. */
export async function prepareStores(connection: Connection): Promise<void> {
  const prepare = [
    prepareLedger,
    prepareFunds,
    prepareSpending,
    prepareBonuses,
    prepareObligations,
    prepareOutcomes,
    preparePayees,
    preparePayroll,
    prepareBatches,
    prepareSettlements,
    prepareDebtorAccounts,
    prepareBankFiles,
    prepareBankMessages,
    prepareBankContents,
    prepareWebhooks,
  ];
  for (const one of prepare) await one(connection);
}
