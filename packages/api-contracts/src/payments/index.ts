import { defineApi } from '../api.ts';
import { lifecycleProblems, lifecycleRoutes } from '../lifecycle-routes.ts';
import { bankRoutes } from './bank.ts';
import { batchRoutes } from './batch.ts';
import { bonusRoutes } from './bonus.ts';
import { explanationRoutes } from './explanation.ts';
import { fundRoutes } from './fund.ts';
import { paymentsInternalRoutes } from './internal.ts';
import { ledgerRoutes } from './ledger.ts';
import { obligationRoutes } from './obligation.ts';
import { payeeRoutes } from './payee.ts';
import { outcomeRoutes } from './outcome.ts';
import { payrollRoutes } from './payroll.ts';
import { paymentsProblems } from './problems.ts';
import { settlementRoutes } from './settlement.ts';
import { spendingRoutes } from './spending.ts';
import { webhookRoutes } from './webhook.ts';

export * from './bank.ts';
export * from './batch.ts';
export * from './bonus.ts';
export * from './capacity.ts';
export * from './fund.ts';
export * from './internal.ts';
export * from './ledger.ts';
export * from './obligation.ts';
export * from './outcome.ts';
export * from './payee.ts';
export * from './payroll.ts';
export * from './settlement.ts';
export * from './spending.ts';
export * from './webhook.ts';

/** Everything the payments service answers. */
export const paymentsApi = defineApi({
  service: 'payments',
  title: 'Talkoot payments',
  version: '1.0.0',
  description: 'See services/payments/README.md.',
  problems: { ...lifecycleProblems, ...paymentsProblems },
  routes: {
    ...lifecycleRoutes,
    ...paymentsInternalRoutes,
    ...fundRoutes,
    ...ledgerRoutes,
    ...spendingRoutes,
    ...bonusRoutes,
    ...outcomeRoutes,
    ...obligationRoutes,
    ...payeeRoutes,
    ...payrollRoutes,
    ...batchRoutes,
    ...settlementRoutes,
    ...bankRoutes,
    ...webhookRoutes,
    ...explanationRoutes,
  },
});
export type PaymentsApi = typeof paymentsApi;
