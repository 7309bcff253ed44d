import type { Explanation } from '@talkoot/allocation';
import type { Money } from '@talkoot/api-contracts';

/** Why a project was funded or not, in words for everybody. */
export function explain(one: Explanation, currency: string): string {
  const money = (amount: number) => moneyText({ amount, currency });
  const votes = one.votes === 1 ? '1 vote' : `${one.votes} votes`;
  switch (one.reason) {
    case 'funded':
      return `Funded. It had ${votes}; it cost ${money(one.cost)}, and ${money(one.remainingBefore)} was left when its turn came.`;
    case 'does-not-fit':
      return `Not funded. It had ${votes} and cost ${money(one.cost)}, but only ${money(one.remainingBefore)} was left when its turn came: ${money(one.shortfall)} too little.`;
    case 'no-votes':
      return `Not funded. Nobody voted for it.`;
    case 'no-ballots':
      return `Not funded. No ballot was cast, so nothing is funded.`;
  }
}

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
