import { tokensOf } from './copy.ts';
import type { Beside } from './records.ts';
import type { Sortable, Source } from './sources.ts';

/** The ballots and the voters of a batch, without knowing whose is whose. */
export interface Batch {
  readonly ballots: readonly number[];
  readonly voters: readonly number[];
}

/** For each ballot that a strategy has something to say about, the voters of its batch, the likeliest first. */
export type Ranking = ReadonlyMap<number, readonly number[]>;
export interface Strategy {
  readonly how: string;
  readonly rank: (batch: Batch, most: number) => Ranking;
}

type Order = readonly (readonly number[])[];
interface NamedOrder {
  readonly name: string;
  /** The subjects of each batch, in this order. */
  readonly order: Order;
}

/** Orders in which a source puts the subjects of the batches, each only once whatever else gives it. */
export function ordersOf(sources: readonly Source[], batches: readonly (readonly number[])[]): NamedOrder[] {
  const orders = new Map<string, NamedOrder>();
  for (const { name, values } of sources) {
    for (const end of [0, 1] as const) {
      const order = batches.map((batch) => sorted(batch, (subject) => values.get(subject)?.[end]));
      const key = order.map((one) => one.join()).join('/');
      if (order.some((one) => one.length >= fewest) && !orders.has(key)) orders.set(key, { name, order });
    }
  }
  return [...orders.values()];
}
const fewest = 4;

/** Without those that have no value. What is equal stays in the order of the batch, which says nothing. */
function sorted(batch: readonly number[], valueOf: (subject: number) => Sortable | undefined): number[] {
  return batch
    .flatMap((subject) => {
      const value = valueOf(subject);
      return value === undefined ? [] : [{ subject, value }];
    })
    .toSorted((one, other) => (one.value < other.value ? -1 : one.value > other.value ? 1 : 0))
    .map(({ subject }) => subject);
}

/** The n-th ballot is that of the n-th voter, or of the n-th from the end. */
export function* byRank(
  batches: readonly Batch[],
  ballots: readonly NamedOrder[],
  voters: readonly NamedOrder[],
): Generator<Strategy> {
  const at = new Map(batches.map((batch, index) => [batch, index]));
  for (const ours of ballots) {
    for (const theirs of voters) {
      for (const turned of [false, true]) {
        const how = `order of ${ours.name} against ${turned ? 'the reverse of ' : ''}${theirs.name}`;
        const rank = (batch: Batch, most: number) =>
          alongside(ours.order[at.get(batch)!]!, theirs.order[at.get(batch)!]!, turned, most);
        yield { how, rank };
      }
    }
  }
}

function alongside(ballots: readonly number[], voters: readonly number[], turned: boolean, most: number) {
  const ranking = new Map<number, readonly number[]>();
  if (ballots.length < fewest || voters.length < most) return ranking;
  ballots.forEach((ballot, index) => {
    const straight = ((index + 0.5) * voters.length) / ballots.length - 0.5;
    const place = turned ? voters.length - 1 - straight : straight;
    const first = Math.min(Math.max(Math.round(place - (most - 1) / 2), 0), voters.length - most);
    ranking.set(ballot, voters.slice(first, first + most));
  });
  return ranking;
}

/** The voter whose value is nearest to the ballot's: times, places in one log, numbers. */
export function* byNearness(ballots: readonly Source[], voters: readonly Source[]): Generator<Strategy> {
  for (const ours of ballots) {
    if (ours.kind === 'text') continue;
    for (const theirs of voters.filter(({ kind }) => kind === ours.kind)) {
      const rank = (batch: Batch, most: number) => nearest(batch, ours, theirs, most);
      yield { how: `nearness of ${ours.name} to ${theirs.name}`, rank };
    }
  }
}

function nearest({ ballots, voters }: Batch, ours: Source, theirs: Source, most: number): Ranking {
  const ranking = new Map<number, readonly number[]>();
  const known = voters.flatMap((voter) => {
    const values = theirs.values.get(voter);
    return values ? [{ voter, value: values[0] as number }] : [];
  });
  if (known.length < Math.max(most, fewest)) return ranking;
  for (const ballot of ballots) {
    const [value] = (ours.values.get(ballot) ?? []) as number[];
    if (value === undefined) continue;
    const order = known.toSorted((one, other) => Math.abs(one.value - value) - Math.abs(other.value - value));
    ranking.set(
      ballot,
      order.slice(0, most).map(({ voter }) => voter),
    );
  }
  return ranking;
}

/** The voter beside whom the same words stand, the more the rarer they are. */
export function byEquality(ballots: readonly Beside[], voters: readonly Beside[]): Strategy {
  const ours = wordsOf(ballots);
  const theirs = wordsOf(voters);
  const likeness = new Map<number, Map<number, number>>();
  for (const [word, holders] of ours) {
    const known = theirs.get(word);
    if (!known || holders.size * known.size > mostPairs) continue;
    for (const ballot of holders) {
      const likely = likeness.get(ballot) ?? new Map<number, number>();
      likeness.set(ballot, likely);
      for (const voter of known) {
        likely.set(voter, (likely.get(voter) ?? 0) + 1 / (holders.size * known.size));
      }
    }
  }
  const rank = ({ ballots: inBatch, voters: candidates }: Batch, most: number): Ranking => {
    const ranking = new Map<number, readonly number[]>();
    for (const ballot of inBatch) {
      const likely = likeness.get(ballot);
      const named = candidates.filter((voter) => likely?.has(voter));
      if (named.length === 0) continue;
      const order = named.toSorted((one, other) => likely!.get(other)! - likely!.get(one)!);
      ranking.set(ballot, order.slice(0, most));
    }
    return ranking;
  };
  return { how: 'words that stand beside a ballot and a voter', rank };
}
/** What stands beside so many says nothing of anybody. */
const mostPairs = 400;

function wordsOf(found: readonly Beside[]): Map<string, Set<number>> {
  const words = new Map<string, Set<number>>();
  for (const { subject, values } of found) {
    for (const { value } of values) {
      for (const token of tokensOf(value)) {
        const holders = words.get(token) ?? new Set();
        words.set(token, holders.add(subject));
      }
    }
  }
  return words;
}
