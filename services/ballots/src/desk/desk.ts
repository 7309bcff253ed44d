import type { Desk, IssuerDesks } from '@talkoot/api-contracts/ballots';
import { mostDesks } from '@talkoot/api-contracts/identity';
import type { Desks } from '@talkoot/ballot-protocol/counting';
import { DomainError } from '@talkoot/http-service';

/** A number that somebody counted. */
export interface Statement {
  readonly by: string;
  readonly entered: number;
}

/** What was said of a desk's papers. */
export interface DeskTotal {
  readonly desk: string;
  /** Waits for a second person. */
  readonly stated: Statement | null;
  /** Two people agreed on it. */
  readonly confirmed: number | null;
}

/** A desk of which a total was stated, and by whom first. */
export interface BegunDesk {
  readonly desk: string;
  readonly by: string;
}

/**
 * Whether somebody may state a total of one more desk: nobody invents so many that they fill a poll. Where certificates were
 * issued a total can always be stated, as soon as that is known.
 */
export function mayBegin(
  begun: readonly BegunDesk[],
  { desk, by }: BegunDesk,
  issued: ReadonlyMap<string, number> | null,
): boolean {
  if (issued?.has(desk)) return true;
  const own = begun.filter((one) => one.by === by);
  return begun.length < mostDesks.ofPoll && own.length < mostDesks.ofOnePerson;
}

/** What a statement makes of a total; `differs`: of two numbers neither holds. */
export type Heard = { readonly total: DeskTotal; readonly differs: boolean };

/**
 * Takes in what one person counted. A second one who counted the same confirms it; two who differ cancel each other, and
 * what was confirmed before stands until two agree again. Nobody confirms alone; whoever miscounted may say so before
 * somebody else speaks.
 * @param issued certificates of the desk; null while they are still issued
 * @throws DomainError `more-than-issued`, `same-person-twice`
 */
export function hear(total: DeskTotal, statement: Statement, issued: number | null): Heard {
  if (issued !== null && statement.entered > issued) {
    throw new DomainError('more-than-issued', `${issued} certificates were issued there`);
  }
  const { stated } = total;
  if (stated === null) return { total: { ...total, stated: statement }, differs: false };
  if (stated.by === statement.by) {
    if (stated.entered === statement.entered) throw new DomainError('same-person-twice');
    return { total: { ...total, stated: statement }, differs: false };
  }
  if (stated.entered !== statement.entered) return { total: { ...total, stated: null }, differs: true };
  return { total: { ...total, stated: null, confirmed: statement.entered }, differs: false };
}

/** Certificates of each desk: what both issuers counted, since only both together make a vote. Null before they closed. */
export function issuedAt(issuers: readonly IssuerDesks[] | null): ReadonlyMap<string, number> | null {
  if (issuers === null) return null;
  const [first, second] = issuers.map(({ desks }) => new Map(desks.map((one) => [one.desk, one.issued])));
  const all = new Set([...first!.keys(), ...second!.keys()]);
  return new Map([...all].map((desk) => [desk, Math.min(first!.get(desk) ?? 0, second!.get(desk) ?? 0)]));
}

/** Every desk that issued a certificate or of which a total was stated, by id. */
export function desksOf(
  totals: readonly DeskTotal[],
  issued: ReadonlyMap<string, number> | null,
): readonly Desk[] {
  const known = new Map(totals.map((total) => [total.desk, total]));
  const all = [...new Set([...known.keys(), ...(issued?.keys() ?? [])])].toSorted();
  return all.map((desk) => shownDesk(known.get(desk) ?? untouched(desk), issued));
}

export const untouched = (desk: string): DeskTotal => ({ desk, stated: null, confirmed: null });

export function shownDesk(
  { desk, stated, confirmed }: DeskTotal,
  issuedByDesk: ReadonlyMap<string, number> | null,
): Desk {
  const issued = issuedByDesk && (issuedByDesk.get(desk) ?? 0);
  const exceeds = issued !== null && confirmed !== null && confirmed > issued;
  const spoken = confirmed === null ? 'none' : exceeds ? 'exceeding' : 'confirmed';
  return { desk, state: stated === null ? spoken : 'stated', issued, entered: confirmed };
}

/** `desks.json`: a total that nobody confirmed is none. */
export const publishedDesks = (desks: readonly Desk[]): Desks =>
  desks.map(({ desk, issued, entered }) => ({ desk, issued: issued ?? 0, entered: entered ?? 0 }));
