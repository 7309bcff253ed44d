import { readAmount } from './pabulib.amount.ts';
import type { WrittenAmount } from './pabulib.amount.ts';
import { PabulibError } from './pabulib.errors.ts';
import type { Section } from './pabulib.sections.ts';

const voteTypes = ['approval', 'choose-1', 'ordinal', 'cumulative', 'scoring'] as const;
export type PabulibVoteType = (typeof voteTypes)[number];

export interface MetaEntries {
  readonly entries: ReadonlyMap<string, string>;
  readonly lines: ReadonlyMap<string, number>;
  readonly voteType: PabulibVoteType;
  readonly budget: WrittenAmount;
  readonly stated: { currency?: string; rule?: string; minLength?: number; maxLength?: number };
}

const required = ['num_projects', 'num_votes', 'budget', 'vote_type'];

export function readMeta(section: Section): MetaEntries {
  const { entries, lines } = readEntries(section);
  for (const key of required) {
    if (!entries.has(key)) throw new PabulibError('pb-malformed', `META does not state ${key}`, section.line);
  }
  const voteType = voteTypes.find((type) => type === entries.get('vote_type')!.toLowerCase());
  if (!voteType) throw new PabulibError('pb-malformed', 'unknown vote_type', lines.get('vote_type'));
  const budget = readAmount(entries.get('budget')!, lines.get('budget')!);
  if (budget.digits < 0n) throw new PabulibError('pb-invalid-cost', 'the budget is below zero', budget.line);
  const [currency, rule] = [entries.get('currency'), entries.get('rule')];
  const [minLength, maxLength] = [length('min_length'), length('max_length')];
  return {
    entries,
    lines,
    voteType,
    budget,
    stated: {
      ...(currency ? { currency } : {}),
      ...(rule ? { rule } : {}),
      ...(minLength === undefined ? {} : { minLength }),
      ...(maxLength === undefined ? {} : { maxLength }),
    },
  };

  function length(key: string): number | undefined {
    const text = entries.get(key);
    if (!text) return undefined;
    if (!/^\d{1,6}$/.test(text))
      throw new PabulibError('pb-malformed', `${key} is not a count`, lines.get(key));
    return Number(text);
  }
}

function readEntries(section: Section): { entries: Map<string, string>; lines: Map<string, number> } {
  const entries = new Map<string, string>();
  const lines = new Map<string, number>();
  for (const { line, fields } of section.rows) {
    const [first = '', ...values] = fields;
    const key = first.trim();
    if (key === '' || values.length === 0)
      throw new PabulibError('pb-malformed', 'META needs key;value', line);
    if (entries.has(key)) throw new PabulibError('pb-malformed', `META states ${key} twice`, line);
    // Descriptions are free text, and some hold bare semicolons.
    entries.set(key, values.join(';').trim());
    lines.set(key, line);
  }
  return { entries, lines };
}
