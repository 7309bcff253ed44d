import { z } from 'zod';

/** How periods are written: `7`, `1989`, `2026-11` or `2026-11-20`. */
export const PeriodKindShape = z.enum(['number', 'year', 'month', 'day']);
export type PeriodKind = z.infer<typeof PeriodKindShape>;

const forms: Readonly<Record<PeriodKind, RegExp>> = {
  number: /^(\d{1,9})$/,
  year: /^(\d{4})$/,
  month: /^(\d{4})-(0[1-9]|1[0-2])$/,
  day: /^(\d{4})-(0[1-9]|1[0-2])-(\d\d)$/,
};

/** A period as a number that grows by one from each period to the next; null if it is not written as its kind is. */
export function periodNumber(kind: PeriodKind, text: string): number | null {
  const [, first, month = '1', day = '1'] = forms[kind].exec(text) ?? [];
  if (first === undefined) return null;
  if (kind === 'number' || kind === 'year') return Number(first);
  if (kind === 'month') return Number(first) * 12 + Number(month) - 1;
  const instant = Date.parse(`${text}T00:00:00Z`);
  const exists = Number.isFinite(instant) && new Date(instant).getUTCDate() === Number(day);
  return exists ? instant / 86_400_000 : null;
}
