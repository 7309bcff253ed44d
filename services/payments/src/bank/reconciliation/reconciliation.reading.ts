import { DomainError, inTransaction } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import { linesOf } from '../../batch/batch.steps.ts';
import type { ClientSession } from 'mongoose';
import type { BatchDocument } from '../../batch/batch.store.ts';
import type { Payments } from '../../context.ts';
import { compared, countOf, countView, ledgerBalance, ledgerSum, recordedFates } from './reconciliation.ts';
import type { Within } from './reconciliation.store.ts';
import type { Count, FateName } from './reconciliation.ts';

const nothing: Count = { payments: 0, amount: 0 };

/** What became of a batch, from its payments and from its entries in the ledger. */
export async function reconcileBatch(
  payments: Payments,
  params: { municipalityId: string; batchId: string },
) {
  const { municipalityId, batchId } = params;
  const { batch, attempts, entries, items } = await inTransaction(payments.connection, async (session) => {
    const found = await payments.batches.find(batchId, session);
    if (found?.municipalityId !== municipalityId) throw new DomainError('not-found');
    const lines = await linesOf(payments, session, batchId);
    return { batch: found, ...(await surroundingsOf(payments, session, found, lines)) };
  });
  const { currency } = batch;
  const recorded = recordedFates(attempts, () => true);
  const figures = {
    ...comparedFates(recorded, (fate) => ledgerSum(entries, fate), currency),
    inTransit: compared(
      countOf(attempts.filter(({ state }) => state === 'in-transit')),
      ledgerBalance(entries, 'in-transit', 'credit'),
      currency,
    ),
  };
  const suspense = countOf(items.map(({ amount }) => ({ amount: amount ?? 0 })));
  const agrees = Object.values(figures).every((one) => one.agrees);
  const isDone = figures.instructed.recorded.payments > 0 && figures.inTransit.recorded.payments === 0;
  return {
    batchId,
    state: batch.state,
    currency,
    ...figures,
    suspense: countView(suspense, currency),
    complete: agrees && isDone && suspense.payments === 0,
    agrees,
    lines: attempts.map(({ _id, endToEndId, obligationId, destination, amount, state, reasonCode }) => ({
      attemptId: _id,
      endToEndId,
      obligationId,
      method: destination.method,
      amount: money(amount, currency),
      state,
      reasonCode,
    })),
  };
}

/** Payments of a batch, their entries in the ledger, and open suspense items that name them. */
async function surroundingsOf(
  { reconciliations, settlements }: Payments,
  session: ClientSession,
  { _id, municipalityId }: BatchDocument,
  lines: Awaited<ReturnType<typeof linesOf>>,
) {
  const attempts = lines.map(({ attempt }) => attempt);
  const fated = ['settled', 'rejected', 'returned'];
  const ids = attempts.flatMap((attempt) => fated.map((fate) => `payment-${fate}/${attempt._id}`));
  const entries = await reconciliations.entriesOf(
    municipalityId,
    [`batch-instructed/${_id}`, ...ids],
    session,
  );
  const names = attempts.map(({ endToEndId }) => endToEndId);
  return { attempts, entries, items: await settlements.unresolvedOf(municipalityId, names, session) };
}

/** What became of payments in a period, by currency: read at one moment. */
export async function reconcilePeriod(payments: Payments, municipalityId: string, within: Within) {
  const read = await inTransaction(payments.connection, (session) =>
    readPeriod(payments, session, municipalityId, within),
  );
  const of = [
    ...new Set(
      [read.until.map(({ currency }) => currency), [...read.inTransit.keys()], [...read.held.keys()]].flat(),
    ),
  ];
  const currencies = of.toSorted().map((currency) => currencyOf(read, currency));
  return {
    from: within.from.toISOString(),
    to: within.to.toISOString(),
    currencies,
    agrees: currencies.every((one) => one.agrees),
  };
}

async function readPeriod(
  { reconciliations, settlements }: Payments,
  session: ClientSession,
  municipalityId: string,
  within: Within,
) {
  const { to } = within;
  const recorded = (fate: FateName) => reconciliations.recorded(municipalityId, fate, within, session);
  return {
    instructed: await recorded('instructed'),
    settled: await recorded('settled'),
    rejected: await recorded('rejected'),
    returned: await recorded('returned'),
    inTransit: await reconciliations.inTransitAt(municipalityId, to, session),
    held: await settlements.heldAt(municipalityId, to, session),
    flows: await reconciliations.flows(municipalityId, within, session),
    until: await reconciliations.flows(municipalityId, { from: null, to }, session),
  };
}

function currencyOf(read: Awaited<ReturnType<typeof readPeriod>>, currency: string) {
  const flows = read.flows.filter((one) => one.currency === currency);
  const until = read.until.filter((one) => one.currency === currency);
  const count = (fate: FateName) => read[fate].get(currency) ?? nothing;
  const counts = {
    instructed: count('instructed'),
    settled: count('settled'),
    rejected: count('rejected'),
    returned: count('returned'),
  };
  const transit = ledgerBalance(until, 'in-transit', 'credit');
  const suspended = ledgerBalance(until, 'suspense', 'debit');
  const figures = {
    ...comparedFates(counts, (fate) => ledgerSum(flows, fate), currency),
    inTransit: compared(read.inTransit.get(currency) ?? nothing, transit, currency),
    suspense: compared(read.held.get(currency) ?? nothing, suspended, currency),
  };
  const agrees = Object.values(figures).every((one) => one.agrees);
  return { currency, ...figures, bank: money(ledgerBalance(flows, 'bank', 'credit'), currency), agrees };
}

function comparedFates(
  recorded: Readonly<Record<FateName, Count>>,
  ledger: (fate: FateName) => number,
  currency: string,
) {
  const of = (fate: FateName) => compared(recorded[fate], ledger(fate), currency);
  return {
    instructed: of('instructed'),
    settled: of('settled'),
    rejected: of('rejected'),
    returned: of('returned'),
  };
}
