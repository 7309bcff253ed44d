import type { Identifier, IdentifierHashes } from './identifier.ts';

export interface KnownPerson {
  readonly id: string;
  readonly identifiers: readonly string[];
  /** Has signed in at least once. */
  readonly seen: boolean;
  /** Municipalities in which the person may live; the register decides. */
  readonly homes: readonly string[];
}

/** Which person a set of identifiers means, and what is to be stored about it. */
export type Recognition =
  | { readonly outcome: 'new'; readonly identifiers: readonly string[] }
  | { readonly outcome: 'known'; readonly person: KnownPerson; readonly identifiers: readonly string[] }
  /** Two records turn out to be one person; `absorbed` has never signed in, so nobody has acted as it. */
  | {
      readonly outcome: 'merge';
      readonly person: KnownPerson;
      readonly absorbed: KnownPerson;
      readonly identifiers: readonly string[];
    }
  | { readonly outcome: 'conflict' };

/**
 * Recognises a person. Hashes under a retired key are replaced by the current key's. Of two records the one that has
 * been signed in to stays, else the one with the first identifier.
 * @param found the people who have any of the identifiers.
 */
export function recognise(
  wanted: readonly Identifier[],
  found: readonly KnownPerson[],
  hashes: IdentifierHashes,
): Recognition {
  const current = wanted.map(hashes.current);
  const stale = new Set(wanted.flatMap((one) => hashes.all(one).slice(1)));
  const keep = (people: readonly KnownPerson[]) => [
    ...new Set([...people.flatMap((one) => one.identifiers).filter((one) => !stale.has(one)), ...current]),
  ];
  const [first, second, third] = found;
  if (!first) return { outcome: 'new', identifiers: keep([]) };
  if (!second) return { outcome: 'known', person: first, identifiers: keep([first]) };
  if (third || (first.seen && second.seen)) return { outcome: 'conflict' };
  const firstIdentifier = new Set(hashes.all(wanted[0]!));
  const rank = (one: KnownPerson) =>
    one.seen ? 2 : one.identifiers.some((hash) => firstIdentifier.has(hash)) ? 1 : 0;
  const [person, absorbed] = rank(second) > rank(first) ? [second, first] : [first, second];
  return { outcome: 'merge', person, absorbed, identifiers: keep([person, absorbed]) };
}
