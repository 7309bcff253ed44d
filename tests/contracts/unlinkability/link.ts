import type { Copy } from './copy.ts';
import { chanceOf } from './chance.ts';
import type { Guessing } from './chance.ts';
import { Library } from './records.ts';
import type { Subject } from './records.ts';
import { sourcesOf } from './sources.ts';
import type { Source } from './sources.ts';
import { byEquality, byNearness, byRank, ordersOf } from './strategies.ts';
import type { Batch, Strategy } from './strategies.ts';

/** A voter as the adversary knows them, who looked on while certificates were issued. */
export interface Voter extends Subject {
  /** When each issuer signed for them, in milliseconds. */
  readonly issuedAt: readonly number[];
}

/** A poll whose board is public. Ballots are keys: all leaves of one key are known to be of one voter. */
export interface Poll {
  readonly voters: readonly Voter[];
  readonly ballots: readonly Subject[];
  /** Which ballots each batch holds, and whose they are: the adversary is told more than it could know. */
  readonly batches: readonly Batch[];
}

/** A way to tell whose a ballot is that no honest luck explains. */
export interface Linkage {
  readonly how: string;
  /** How many voters each guess names. */
  readonly named: number;
  readonly hits: number;
  readonly expected: number;
  /** How likely luck alone does as well. */
  readonly chance: number;
}

/** Every way to guess whose each ballot is that one or two stores suggest. */
export function* strategiesFor(copies: readonly Copy[], poll: Poll): Generator<Strategy> {
  const library = new Library(copies);
  const [ballots, voters] = [library.beside(poll.ballots), library.beside(poll.voters)];
  const ofBallots = sourcesOf(ballots);
  const ofVoters = [...issuances(poll.voters), ...sourcesOf(voters)];
  yield byEquality(ballots, voters);
  yield* byNearness(ofBallots, ofVoters);
  yield* byRank(
    poll.batches,
    ordersOf(
      ofBallots,
      poll.batches.map((batch) => batch.ballots),
    ),
    ordersOf(
      ofVoters,
      poll.batches.map((batch) => batch.voters),
    ),
  );
}

function issuances(voters: readonly Voter[]): Source[] {
  const issuers = [...new Set(voters.flatMap(({ issuedAt }) => issuedAt.map((_, issuer) => issuer)))];
  return issuers.map((issuer) => ({
    name: `issuance by issuer ${issuer}`,
    kind: 'time',
    values: new Map(
      voters.flatMap(({ issuedAt }, voter) => {
        const time = issuedAt[issuer];
        return time === undefined ? [] : [[voter, [time, time]] as const];
      }),
    ),
  }));
}

/**
 * The strategies that link ballots to voters better than chance, by a test that is wrong in at most `level` of all cases,
 * however many strategies there are.
 * @param truth for each ballot the voter who cast it
 */
export function betterThanChance(
  strategies: Iterable<Strategy>,
  { batches }: Pick<Poll, 'batches'>,
  truth: readonly number[],
  level = 1e-6,
): { readonly tried: number; readonly linkages: Linkage[] } {
  let tried = 0;
  const suspects: Linkage[] = [];
  for (const strategy of strategies) {
    for (const share of [0, 1 / 6]) {
      const linkage = judge(strategy, batches, truth, share);
      tried += 1;
      if (linkage.chance < level) suspects.push(linkage);
    }
  }
  // Whoever tries often is lucky once (Bonferroni).
  const linkages = suspects.filter(({ chance }) => chance < level / tried);
  return { tried, linkages: linkages.toSorted((one, other) => one.chance - other.chance) };
}

/** @param share of a batch that a guess may name; at least one voter. Not every order is exact: near is also telling. */
function judge(
  { how, rank }: Strategy,
  batches: readonly Batch[],
  truth: readonly number[],
  share: number,
): Linkage {
  const guessings: Guessing[] = [];
  let [hits, expected, most] = [0, 0, 1];
  for (const batch of batches) {
    const size = batch.ballots.length;
    const named = Math.max(1, Math.ceil(size * share));
    const ranking = rank(batch, named);
    for (const [ballot, voters] of ranking) if (voters.includes(truth[ballot]!)) hits += 1;
    guessings.push({ size, guessed: ranking.size, named });
    expected += (ranking.size * named) / size;
    most = Math.max(most, named);
  }
  return { how, named: most, hits, expected, chance: chanceOf(hits, guessings) };
}
