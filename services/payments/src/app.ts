import { paymentsApi } from '@talkoot/api-contracts/payments';
import type { PaymentsApi } from '@talkoot/api-contracts/payments';
import { createService } from '@talkoot/http-service';
import type { Auth, Handlers, Logger, Readiness } from '@talkoot/http-service';
import { debtorAccountRoutes } from './bank/account/account.routes.ts';
import { bankMessageRoutes } from './bank/message/message.routes.ts';
import { bankFileRoutes } from './bank/order/order.routes.ts';
import { reconciliationRoutes } from './bank/reconciliation/reconciliation.routes.ts';
import { batchRoutes } from './batch/batch.routes.ts';
import { bonusRoutes } from './bonus/bonus.routes.ts';
import type { Payments } from './context.ts';
import { explanationRoutes } from './explanation/explanation.routes.ts';
import { fundRoutes } from './fund/fund.routes.ts';
import { yearEndRoutes } from './fund/year-end.routes.ts';
import { ledgerRoutes } from './ledger/ledger.routes.ts';
import { obligationRoutes } from './obligation/obligation.routes.ts';
import { outcomeRoutes } from './outcome/outcome.routes.ts';
import { payeeRoutes } from './payee/payee.routes.ts';
import { payrollRoutes } from './payroll/payroll.routes.ts';
import { settlementRoutes } from './settlement/settlement.routes.ts';
import { spendingRoutes } from './spending/spending.routes.ts';
import { webhookRoutes } from './webhook/webhook.routes.ts';

export interface PaymentsAppOptions {
  readonly payments: Payments;
  readonly auth: Auth;
  readonly log: Logger;
  readonly publicUrl: string;
  readonly readiness?: Readiness;
}

export function createPaymentsApp({ payments, ...shell }: PaymentsAppOptions) {
  return createService({
    ...shell,
    api: paymentsApi,
    connection: payments.connection,
    handlers: paymentsHandlers(payments),
  });
}

/** Everything the service answers, without the shell that authenticates and parses. */
export function paymentsHandlers(payments: Payments): Handlers<PaymentsApi> {
  return {
    ...payments.record.handlers,
    ...fundRoutes(payments),
    ...yearEndRoutes(payments),
    ...ledgerRoutes(payments),
    ...spendingRoutes(payments),
    ...bonusRoutes(payments),
    ...obligationRoutes(payments),
    ...outcomeRoutes(payments),
    ...payeeRoutes(payments),
    ...payrollRoutes(payments),
    ...batchRoutes(payments),
    ...settlementRoutes(payments),
    ...debtorAccountRoutes(payments),
    ...bankFileRoutes(payments),
    ...bankMessageRoutes(payments),
    ...reconciliationRoutes(payments),
    ...webhookRoutes(payments),
    ...explanationRoutes(payments),
  };
}
