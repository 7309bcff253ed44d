const PAGE = 100;

/**
 * Does something for every document of a list by id, page by page. One that fails does not stop the others.
 * @throws AggregateError when some failed
 */
export async function forEvery<T extends { readonly _id: string }>(
  page: (after: string | undefined, limit: number) => Promise<readonly T[]>,
  work: (one: T) => Promise<unknown>,
): Promise<void> {
  const failures: unknown[] = [];
  for (let after: string | undefined; ;) {
    const some = await page(after, PAGE);
    for (const one of some) await work(one).catch((error: unknown) => failures.push(error));
    if (some.length < PAGE) break;
    after = some.at(-1)!._id;
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} are left for later`);
}
