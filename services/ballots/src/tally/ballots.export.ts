import { exportPabulib } from '@talkoot/allocation';
import type { Ballot } from '@talkoot/ballot-protocol';
import type { CountedVote } from '@talkoot/ballot-protocol/counting';
import { decimalsOf } from '../allocation/explanation.ts';
import type { Poll } from '../poll/poll.ts';

/** What the exports are kept as. */
export const exportNames = { pabulib: 'ballots.pb', csv: 'ballots.csv', lot: 'lot.json' } as const;

/** What exports say of a poll; its ballot as `ballotOf` gives it. */
export type Exported = Pick<
  Poll,
  'pollId' | 'municipalityId' | 'kind' | 'ballot' | 'options' | 'budget' | 'allocation'
>;

/**
 * The counted ballots of a prioritisation as a Pabulib file.
 * @param votes ascending by leaf hash
 */
export function pabulibOf(
  poll: Exported,
  selected: readonly string[],
  votes: readonly CountedVote[],
): string {
  const { currency, amount } = poll.budget!;
  const { minChoices, maxChoices, points } = poll.ballot;
  const ids = poll.options.map(({ optionId }) => optionId);
  return exportPabulib({
    meta: {
      description: poll.pollId,
      unit: poll.municipalityId,
      currency,
      rule: poll.allocation!.rule,
      min_length: String(minChoices),
      max_length: String(maxChoices),
      ...(points === undefined ? {} : { max_sum_points: String(points) }),
    },
    budget: amount,
    decimals: decimalsOf(currency),
    projects: poll.options.map(({ optionId, cost }) => ({
      id: optionId,
      name: optionId,
      cost: cost!.amount,
      selected: selected.includes(optionId),
    })),
    ballots: votes.map(({ hash, ballot }) => ({ ballotId: hexOf(hash), ...choicesOf(ballot, ids) })),
  });
}

function choicesOf(ballot: Ballot, ids: readonly string[]) {
  if (ballot.type === 'points') {
    return {
      choices: ballot.points.map(({ place }) => ids[place]!),
      points: ballot.points.map(({ points }) => points),
    };
  }
  return { choices: 'places' in ballot ? ballot.places.map((place) => ids[place]!) : [] };
}

/**
 * Counted ballots as CSV, a line each. Ids and hashes need no quoting.
 * @param votes ascending by leaf hash
 */
export function* csvOf({ options }: Exported, votes: readonly CountedVote[]): Generator<string> {
  const ids = options.map(({ optionId }) => optionId);
  yield 'leaf,yes,no,points,share\n';
  for (const { hash, ballot } of votes) yield `${[hexOf(hash), ...fieldsOf(ballot, ids)].join(',')}\n`;
}

function fieldsOf(ballot: Ballot, ids: readonly string[]): string[] {
  if ('answers' in ballot) {
    const said = (wanted: 'yes' | 'no') =>
      ids.filter((_, place) => ballot.answers[place] === wanted).join(' ');
    const share = ballot.type === 'bonus' ? ballot.share : null;
    return [said('yes'), said('no'), '', share === null ? '' : String(share)];
  }
  const { choices, points = [] } = choicesOf(ballot, ids);
  return [choices.join(' '), '', points.join(' '), ''];
}

const hexOf = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
