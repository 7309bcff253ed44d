import { csvOf } from '@talkoot/http-service';
import { decimalOf } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { Payments, Routes } from '../../context.ts';
import { reconcileBatch, reconcilePeriod } from './reconciliation.reading.ts';
import { requirePeriod } from './reconciliation.ts';

type ReconciliationRoutes = Routes<
  | 'getBatchReconciliation'
  | 'exportBatchReconciliation'
  | 'getPeriodReconciliation'
  | 'exportPeriodReconciliation'
>;

export function reconciliationRoutes(payments: Payments): ReconciliationRoutes {
  const ofPeriod = (municipalityId: string, query: { from: string; to: string }) => {
    const [from, to] = [new Date(query.from), new Date(query.to)];
    requirePeriod(from, to);
    return reconcilePeriod(payments, municipalityId, { from, to });
  };
  return {
    getBatchReconciliation: async ({ params }) => ({ body: await reconcileBatch(payments, params) }),
    async exportBatchReconciliation({ params }) {
      const { lines } = await reconcileBatch(payments, params);
      const columns = [
        'attemptId',
        'endToEndId',
        'obligationId',
        'method',
        'amount',
        'currency',
        'state',
        'reasonCode',
      ] as const;
      return { body: csvOf(columns, lines.map(flat)) };
    },
    getPeriodReconciliation: async ({ params, query }) => ({
      body: await ofPeriod(params.municipalityId, query),
    }),
    async exportPeriodReconciliation({ params, query }) {
      const { currencies } = await ofPeriod(params.municipalityId, query);
      const columns = ['currency', 'figure', 'payments', 'recorded', 'ledger', 'agrees'] as const;
      return { body: csvOf(columns, currencies.flatMap(rowsOf)) };
    },
  };
}

const flat = <T extends { readonly amount: Money }>(line: T) => ({
  ...line,
  amount: decimalOf(line.amount),
  currency: line.amount.currency,
});

type OfCurrency = Awaited<ReturnType<typeof reconcilePeriod>>['currencies'][number];
const figures = ['instructed', 'settled', 'rejected', 'returned', 'inTransit', 'suspense'] as const;

const rowsOf = (of: OfCurrency) =>
  figures.map((figure) => ({
    currency: of.currency,
    figure,
    payments: of[figure].recorded.payments,
    recorded: decimalOf(of[figure].recorded.amount),
    ledger: decimalOf(of[figure].ledger),
    agrees: of[figure].agrees,
  }));
