import type { Payments } from '../context.ts';
import type { ObligationDocument } from './obligation.store.ts';

/** Of the lines by which a bonus was split, what concerns all and what concerns this obligation: nothing of what others get. */
export const ownLines = (split: readonly string[] | null, obligationId: string): string[] =>
  (split ?? []).filter((line, at) => at === 0 || line.includes(obligationId));

/** How the amount of an obligation was computed, line by line. */
export async function computationOf(
  { bonuses, outcomes }: Payments,
  { _id, municipalityId, decisionId, origin }: ObligationDocument,
): Promise<string[]> {
  if (origin === 'round') return ['accepted spending, owed in full'];
  if (origin === 'outcome')
    return (await outcomes.findDecision(municipalityId, decisionId))?.computation ?? [];
  const bonus = await bonuses.find(decisionId);
  return bonus ? [...bonus.computation, ...ownLines(bonus.split, _id)] : [];
}
