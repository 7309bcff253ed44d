import type { Explanation } from '@talkoot/allocation';
import type { Money } from '@talkoot/api-contracts';

/** Why a project was funded or not, in words for everybody. */
export function explain(one: Explanation, currency: string): string {
  const money = (amount: number) => moneyText({ amount, currency });
  const cost = money(one.cost);
  const votes = support(one);
  switch (one.reason) {
    case 'funded':
      return `Funded. It had ${votes}; it cost ${cost}, and ${money(one.available)} was left when its turn came.`;
    case 'does-not-fit':
      return `Not funded. It had ${votes} and cost ${cost}, but only ${money(one.available)} was left when its turn came: ${money(one.shortfall)} too little.`;
    case 'funded-by-supporters':
      return `Funded. It had ${votes}; its supporters paid its cost of ${cost} from their equal shares of the budget, none of them more than ${money(one.price)}${one.points === undefined ? '' : ' for each point given'}.`;
    case 'supporters-short':
      return `Not funded. It had ${votes} and cost ${cost}, but its supporters had only ${money(one.available)} of their equal shares left together: ${money(one.shortfall)} too little.`;
    case 'conflict':
      return `Not funded. It had ${votes}, but ${one.conflictsWith} was funded, and only one of the two can be.`;
    case 'too-few-votes':
      return `Not funded. It had ${votes}, ${count(one.votesShort, 'vote')} fewer than the minimum.`;
    case 'below-threshold':
      return `Not funded. It had ${votes}, ${count(one.votesShort, 'vote')} fewer than a project that costs ${cost} needs.`;
    case 'no-votes':
      return `Not funded. Nobody voted for it.`;
    case 'no-ballots':
      return `Not funded. No ballot was cast, so nothing is funded.`;
  }
}

function support({ votes, points }: Explanation): string {
  return points === undefined
    ? count(votes, 'vote')
    : `${count(points, 'point')} from ${count(votes, 'voter')}`;
}

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;

/** An amount in the currency's own decimals, e.g. `1,250.00 EUR`. */
export function moneyText({ amount, currency }: Money): string {
  const digits = decimalsOf(currency);
  const units = BigInt(amount) / 10n ** BigInt(digits);
  const rest = String(BigInt(amount) % 10n ** BigInt(digits)).padStart(digits, '0');
  return `${units.toLocaleString('en')}${digits > 0 ? `.${rest}` : ''} ${currency}`;
}

/** How many decimals a currency has; 2 for those nobody knows. */
export function decimalsOf(currency: string): number {
  return (
    new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2
  );
}
