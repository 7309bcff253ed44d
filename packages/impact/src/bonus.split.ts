import { allocate, decimalOf, sum } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { Line } from './computation.ts';
import { exactOf, shown } from './exact.ts';
import { ImpactError } from './impact.errors.ts';
import { isCount, repeats } from './validity.ts';

const potNames = ['civil-servants', 'champions', 'volunteers'] as const;
export type Pot = (typeof potNames)[number];

export interface SplitInput {
  readonly payable: Money;
  /** Ratios of the pots in the team agreement: integers ≥ 0, at least one above zero. */
  readonly pots: Readonly<Record<Pot, number>>;
  readonly members: readonly SplitMember[];
}

export interface SplitMember {
  readonly obligationId: string;
  readonly pot: Pot;
  /** Agreed weight within the pot; ignored for volunteers. */
  readonly weight: number;
  /** Confirmed minutes; the volunteers' pot follows these. */
  readonly minutes: number;
  readonly declined?: boolean;
}

export interface BonusSplit {
  /** One per member, in the order given; 0 where the share is declined or nothing. */
  readonly shares: readonly { readonly obligationId: string; readonly pot: Pot; readonly amount: Money }[];
  /** What goes back to the bonus fund, and why. */
  readonly returned: readonly {
    readonly pot: Pot;
    readonly reason: 'declined' | 'nobody';
    readonly amount: Money;
    readonly obligationId?: string;
  }[];
  readonly returnedTotal: Money;
  readonly computation: readonly Line[];
}

/**
 * Splits the payable bonus into shares: exact quota = payable × pot ÷ all pots × weight ÷ the pot's
 * weights, then largest remainder over all shares at once, ties by obligation id. A pot whose weights
 * are all zero (nobody's hours) goes back to the fund, and so does a declined share: it enlarges no
 * one else's. Σ shares + returned = payable.
 * @throws ImpactError `shares-invalid`, `duplicate-id`; MoneyError for an invalid amount
 */
export function splitBonus(input: SplitInput): BonusSplit {
  requireValid(input);
  const entries = entriesOf(input);
  const amounts = allocate(
    input.payable,
    entries.map(({ weight }) => weight),
    entries.map(({ id }) => id),
  );
  const paid = entries.map((entry, index) => ({ ...entry, amount: amounts[index]! }));
  const none = { ...input.payable, amount: 0 };
  const shares = paid.flatMap(({ member, pot, amount }) =>
    member ? [{ obligationId: member.obligationId, pot, amount: member.declined ? none : amount }] : [],
  );
  const returned = paid.flatMap(({ member, pot, amount }): BonusSplit['returned'] => {
    if (!member) return [{ pot, reason: 'nobody', amount }];
    return member.declined ? [{ pot, reason: 'declined', amount, obligationId: member.obligationId }] : [];
  });
  return {
    shares,
    returned,
    returnedTotal: sum(
      returned.map(({ amount }) => amount),
      input.payable.currency,
    ),
    computation: linesFor(paid, input),
  };
}

interface Entry {
  readonly id: string;
  readonly pot: Pot;
  readonly weight: bigint;
  /** Absent where a pot has nobody. */
  readonly member?: SplitMember;
}

function weightOf({ pot, weight, minutes }: SplitMember): bigint {
  return BigInt(pot === 'volunteers' ? minutes : weight);
}

function entriesOf({ pots, members }: SplitInput): Entry[] {
  const totals = new Map(
    potNames.map((pot) => [
      pot,
      members.filter((member) => member.pot === pot).reduce((all, member) => all + weightOf(member), 0n),
    ]),
  );
  // Multiplying by every pot's total makes all quotas integers over one denominator.
  const scale = [...totals.values()].reduce((product, whole) => (whole > 0n ? product * whole : product), 1n);
  const shares = members.map((member): Entry => {
    const whole = totals.get(member.pot)!;
    const weight = whole > 0n ? (BigInt(pots[member.pot]) * weightOf(member) * scale) / whole : 0n;
    return { id: member.obligationId, pot: member.pot, weight, member };
  });
  const empty = potNames
    .filter((pot) => totals.get(pot) === 0n && pots[pot] > 0)
    // Sorts after every obligation: a left-over cent goes to a person first.
    .map((pot): Entry => ({ id: `\uffff${pot}`, pot, weight: BigInt(pots[pot]) * scale }));
  return [...shares, ...empty];
}

function linesFor(paid: readonly (Entry & { amount: Money })[], { payable, pots }: SplitInput): Line[] {
  const all = paid.reduce((whole, { weight }) => whole + weight, 0n);
  const ratios = potNames.map((pot) => `${pot} ${pots[pot]}`).join(', ');
  return [
    { label: 'payable', expression: ratios, value: inCurrency(payable) },
    ...paid.map(({ member, pot, weight, amount }) => ({
      label: member
        ? `${pot}, ${member.obligationId}${member.declined ? ', declined: back to the fund' : ''}`
        : `${pot}, nobody: back to the fund`,
      expression: `${inCurrency(payable)} × ${shown(exactOf(`${weight}/${all}`))}`,
      value: inCurrency(amount),
    })),
  ];
}

function requireValid({ pots, members }: SplitInput): void {
  const counts = [
    ...potNames.map((pot) => pots[pot]),
    ...members.flatMap(({ weight, minutes }) => [weight, minutes]),
  ];
  if (!counts.every(isCount) || potNames.every((pot) => pots[pot] === 0)) {
    throw new ImpactError(
      'shares-invalid',
      'ratios, weights and minutes are integers of zero or more, one ratio above zero',
    );
  }
  if (repeats(members.map(({ obligationId }) => obligationId)))
    throw new ImpactError('duplicate-id', 'an obligation is listed twice');
}

function inCurrency(amount: Money): string {
  return `${decimalOf(amount)} ${amount.currency}`;
}
