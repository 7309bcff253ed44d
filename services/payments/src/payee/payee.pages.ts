import type { PayeeDocument } from './payee.store.ts';

const PAGE = 100;

/**
 * Does something for every payee of a list, page by page. One that fails does not stop the others.
 * @throws AggregateError when some failed
 */
export async function forEveryPayee(
  page: (after: string | undefined, limit: number) => Promise<PayeeDocument[]>,
  work: (payee: PayeeDocument) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  for (let after: string | undefined; ;) {
    const payees = await page(after, PAGE);
    for (const payee of payees) await work(payee).catch((error: unknown) => failures.push(error));
    if (payees.length < PAGE) break;
    after = payees.at(-1)!._id;
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} payees are left for later`);
}
