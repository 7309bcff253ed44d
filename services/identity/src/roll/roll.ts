/** Eligible people without those who gain from the result. Only the number of the excluded is kept. */
export function rollOf(
  eligible: readonly string[],
  excluded: readonly string[],
): { readonly people: readonly string[]; readonly excluded: number } {
  const out = new Set(excluded);
  const people = eligible.filter((id) => !out.has(id));
  return { people, excluded: eligible.length - people.length };
}
