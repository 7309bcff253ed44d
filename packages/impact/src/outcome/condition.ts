import { exactOf } from '../exact.ts';
import type { Value } from './reading.ts';
import type { Condition } from './term.shape.ts';

/**
 * Whether all conditions hold. One that is known to fail decides, whatever is not known yet; else one that is not
 * known leaves it open.
 */
export function holdsAll(
  conditions: readonly Condition[],
  valueOf: (operand: string) => Value,
): boolean | null {
  const each = conditions.map((condition) => {
    const value = valueOf(condition.measure);
    return value === null ? null : bounds.every((bound) => meets(bound, condition, value));
  });
  if (each.includes(false)) return false;
  return each.includes(null) ? null : true;
}

const bounds = ['atLeast', 'above', 'atMost', 'below'] as const;
const inWords = { atLeast: '≥', above: '>', atMost: '≤', below: '<' } as const;

function meets(bound: (typeof bounds)[number], condition: Condition, value: NonNullable<Value>): boolean {
  const stated = condition[bound];
  if (stated === undefined) return true;
  const order = value.compare(exactOf(stated));
  return { atLeast: order >= 0, above: order > 0, atMost: order <= 0, below: order < 0 }[bound];
}

/** `reduction ≥ 0.1` */
export function conditionText(conditions: readonly Condition[]): string {
  return conditions
    .flatMap((condition) =>
      bounds.flatMap((bound) =>
        condition[bound] === undefined ? [] : [`${condition.measure} ${inWords[bound]} ${condition[bound]}`],
      ),
    )
    .join(' and ');
}

/** A condition without a bound, or one that no value can meet. */
export function isEmpty({ atLeast, above, atMost, below }: Condition): boolean {
  const lows = [atLeast, above].filter((bound) => bound !== undefined).map(exactOf);
  const highs = [atMost, below].filter((bound) => bound !== undefined).map(exactOf);
  if (lows.length + highs.length === 0) return true;
  const strict = above !== undefined || below !== undefined;
  return lows.some((low) => highs.some((high) => (strict ? low.gte(high) : low.gt(high))));
}
