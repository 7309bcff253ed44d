import { describe, expect, it } from 'vitest';
import { lineText } from '../computation.ts';
import { decideOutcome, resultsPaid } from './index.ts';
import type { OutcomeResults, OutcomeTerms } from './index.ts';
import { MeasureShape } from './measure.shape.ts';
import type { Measure } from './measure.shape.ts';
import { fixed, measure, payment, termsWith } from './outcome.fixture.ts';
import type { Payment } from './payment.shape.ts';

const code = (name: string) => expect.objectContaining({ code: name });
const results = (inputs: OutcomeResults['inputs'] = {}, more: Partial<OutcomeResults> = {}) => ({
  inputs,
  ...more,
});
const decide = (
  terms: OutcomeTerms,
  inputs: OutcomeResults['inputs'] = {},
  more: Partial<OutcomeResults> = {},
) => decideOutcome(terms, results(inputs, more));

/** What a measure comes to: it is paid out as it is. */
function valueOf(own: Parameters<typeof measure>[0], inputs: OutcomeResults['inputs']) {
  const change = { measures: [measure(own)], rounding: 'half-even' as const };
  const terms = termsWith(Object.keys(inputs), [fixed('paid', own.id)], change);
  return decide(terms, inputs).lines[0]!.amount;
}

const paid = (own: Payment, inputs: OutcomeResults['inputs'] = {}, more: Partial<OutcomeResults> = {}) =>
  decide(termsWith(Object.keys(inputs), [own]), inputs, more).lines[0]!.amount;

describe('a measure', () => {
  it('is computed exactly by its formula', () => {
    const inputs = { a: '142', b: '155' };
    expect(valueOf({ kind: 'value', id: 'm', of: 'a' }, inputs)).toBe('142');
    expect(valueOf({ kind: 'difference', id: 'm', of: 'a', minus: 'b' }, inputs)).toBe('-13');
    expect(valueOf({ kind: 'relativeReduction', id: 'm', observed: 'a', comparison: 'b' }, inputs)).toBe(
      '13/155',
    );
    expect(valueOf({ kind: 'ratio', id: 'm', of: 'a', by: 'b' }, inputs)).toBe('142/155');
    expect(valueOf({ kind: 'achievement', id: 'm', estimate: 'a', target: '71' }, inputs)).toBe('2');
    expect(
      valueOf({ kind: 'sum', id: 'm', items: [{ value: 'a' }, { value: 'b' }, { value: '0.5' }] }, inputs),
    ).toBe('297.5');
    const items = [
      { value: 'a', weight: '1' },
      { value: 'b', weight: '2' },
    ];
    expect(valueOf({ kind: 'weightedMean', id: 'm', items }, inputs)).toBe('452/3');
    expect(valueOf({ kind: 'product', id: 'm', factors: ['a', 'b', '-0.5'] }, inputs)).toBe('-11005');
  });

  it('is rounded as it states, then kept within its bounds', () => {
    const inputs = { a: '2.5' };
    const at = (own: Partial<Measure>) =>
      valueOf({ kind: 'value', id: 'm', of: 'a', ...own } as never, inputs);
    expect(at({ rounding: { places: 0, mode: 'half-up' } })).toBe('3');
    expect(at({ rounding: { places: 0, mode: 'half-even' } })).toBe('2');
    expect(at({ rounding: { places: 0, mode: 'down' } })).toBe('2');
    expect(at({ rounding: { places: 0, mode: 'up' } })).toBe('3');
    expect(at({ rounding: { places: 0, mode: 'half-up' }, max: '2.75' })).toBe('2.75');
    expect(at({ min: '3' })).toBe('3');
    const below = {
      kind: 'value' as const,
      id: 'm',
      of: 'a',
      rounding: { places: 0, mode: 'half-up' as const },
    };
    expect(valueOf(below, { a: '-2.5' })).toBe('-3');
    const even = { ...below, rounding: { places: 0, mode: 'half-even' as const } };
    expect(['1.5', '2.5', '3.5'].map((a) => valueOf(even, { a }))).toEqual(['2', '2', '4']);
  });

  it('is refused where nothing was assessed or nothing can be divided by', () => {
    const assessed = { of: 'children', count: 'a' };
    const division = code('division-by-zero');
    expect(() => valueOf({ kind: 'value', id: 'm', of: 'a', assessed }, { a: '0' })).toThrow(division);
    expect(() => valueOf({ kind: 'ratio', id: 'm', of: 'a', by: 'a' }, { a: '0' })).toThrow(division);
    expect(() => valueOf({ kind: 'achievement', id: 'm', estimate: 'a', target: '0' }, { a: '1' })).toThrow(
      division,
    );
    expect(() =>
      valueOf({ kind: 'relativeReduction', id: 'm', observed: 'a', comparison: 'a' }, { a: '0' }),
    ).toThrow(division);
    const weights = (weight: string) => [{ value: 'a', weight }];
    expect(() => valueOf({ kind: 'weightedMean', id: 'm', items: weights('0') }, { a: '1' })).toThrow(
      division,
    );
    expect(() => valueOf({ kind: 'weightedMean', id: 'm', items: weights('-1') }, { a: '1' })).toThrow(
      code('out-of-range'),
    );
  });

  it('names of whom it speaks where it is a rate or a mean, and may leave that out where it is an amount', () => {
    const own = { title: 'm', id: 'm', rounding: 'none' };
    const taken = (kind: object) => MeasureShape.safeParse({ ...own, ...kind }).success;
    const of = { assessed: { of: 'children' }, payable: { of: 'children' } };
    for (const amount of [
      { kind: 'value', of: 'a' },
      { kind: 'difference', of: 'a', minus: 'b' },
      { kind: 'sum', items: [{ value: 'a' }] },
      { kind: 'product', factors: ['a', 'b'] },
    ])
      expect([taken(amount), taken({ ...amount, ...of })]).toEqual([true, true]);
    for (const rate of [
      { kind: 'ratio', of: 'a', by: 'b' },
      { kind: 'relativeReduction', observed: 'a', comparison: 'b' },
      { kind: 'achievement', estimate: 'a', target: '1' },
      { kind: 'weightedMean', items: [{ value: 'a', weight: '1' }] },
    ])
      expect([taken(rate), taken({ ...rate, ...of })]).toEqual([false, true]);
  });

  it('of values of values does not grow without end', () => {
    const item = (id: string) => ({ value: id, weight: id });
    const measures = Array.from({ length: 60 }, (_, at) =>
      measure({
        kind: 'weightedMean',
        id: `m-${at}`,
        items:
          at === 0
            ? [
                { value: 'a', weight: 'b' },
                { value: 'b', weight: 'a' },
              ]
            : [
                item(`m-${at - 1}`),
                { value: 'a', weight: `m-${at - 1}` },
                { value: `m-${at - 1}`, weight: 'b' },
              ],
      }),
    );
    const terms = termsWith(['a', 'b'], [fixed('p', 'm-59')], { measures });
    expect(() => decide(terms, { a: '123456789.123', b: '987654321.987' })).toThrow(code('number-too-long'));
  });
});

describe('a payment', () => {
  it('reads tiers whose edges say to whom they belong', () => {
    const tiers = [
      { to: { at: '18.6', included: false }, pays: '-3300000' },
      { from: { at: '18.6', included: true }, to: { at: '41.3', included: true }, pays: '0' },
      { from: { at: '41.3', included: false }, pays: '3300000' },
    ];
    const at = (value: string) =>
      paid(payment({ kind: 'tiers', id: 'p', measure: 'a', tiers }), { a: value });
    expect(['18.599999', '18.6', '41.3', '41.300001'].map(at)).toEqual(['-3300000', '0', '0', '3300000']);
    expect(
      paid(payment({ kind: 'tiers', id: 'p', measure: 'a', tiers: [{ pays: '2' }], base: 'a' }), { a: '4' }),
    ).toBe('8');
  });

  it('reads anchors: linear between, ends held outside, then the floor', () => {
    const anchors = [
      { at: '60', pays: '7.5' },
      { at: '65', pays: '12' },
      { at: '70', pays: '15' },
    ];
    const at = (value: string, own: object = {}) =>
      paid(
        payment({ kind: 'anchors', id: 'p', measure: 'a', anchors, rounding: 'none', base: '100', ...own }),
        { a: value },
      );
    expect(['50', '60', '61.6', '65', '90'].map((value) => at(value))).toEqual([
      '750',
      '750',
      '894',
      '1200',
      '1500',
    ]);
    expect(at('61.6', { rounding: { places: 1, mode: 'half-up' } })).toBe('890');
    expect(at('60', { floor: { pays: '8' } })).toBe('800');
    expect(at('60', { floor: { pays: '8', when: [{ measure: 'a', above: '60' }] } })).toBe('750');
  });

  it('multiplies a tariff by a count, and a saving by heads and share', () => {
    expect(paid(payment({ kind: 'tariff', id: 'p', tariff: '12.5', count: 'a' }), { a: '3' })).toBe('37.5');
    const saved = measure({ kind: 'value', id: 'saved', of: 'a', payable: { of: 'all', count: 'heads' } });
    const saving = payment({ kind: 'saving', id: 'p', measure: 'saved', share: '0.5' });
    const terms = termsWith(['a', 'heads'], [saving], { measures: [saved] });
    expect(decide(terms, { a: '-20', heads: '7' }).amount).toBe('-70.00');
    const own = { ...terms, payments: [{ ...saving, heads: '3' } as Payment] };
    expect(decide(own, { a: '20', heads: '7' }).amount).toBe('30.00');
    const range = code('out-of-range');
    expect(() => decide(terms, { a: '1', heads: '-1' })).toThrow(range);
    expect(() =>
      paid(payment({ kind: 'saving', id: 'p', measure: 'a', heads: '1', share: '1.1' }), { a: '1' }),
    ).toThrow(range);
    expect(() => paid(payment({ kind: 'tariff', id: 'p', tariff: '1', count: 'a' }), { a: '-1' })).toThrow(
      range,
    );
  });

  it('splits an amount where a waterfall changes its share', () => {
    const steps = [{ share: '0.95', until: '7000000' }, { share: '0.40' }];
    const fall = payment({ kind: 'waterfall', id: 'p', amount: 'a', steps });
    const after = (before: string) => paid(fall, { a: '281000' }, { paidBefore: { p: before } });
    expect(after('0')).toBe('266950');
    expect(after('6905000')).toBe(String(95_000 + 0.4 * 181_000));
    expect(after('7000000')).toBe('112400');
    expect(after('8000000')).toBe('112400');
    expect(() => paid(fall, { a: '-1' })).toThrow(code('out-of-range'));
  });

  it('pays only if all its conditions hold', () => {
    const when = [
      { measure: 'a', atLeast: '10', below: '20' },
      { measure: 'b', above: '0', atMost: '1' },
    ];
    const at = (a: string, b: string) => paid(fixed('p', '5', { when }), { a, b });
    expect([at('10', '1'), at('9.9', '1'), at('20', '1'), at('10', '0'), at('10', '1.1')]).toEqual([
      '5',
      '0',
      '0',
      '0',
      '0',
    ]);
  });

  it('is weighted, then capped: over the contract or of each decision', () => {
    const capped = (over: 'contract' | 'decision', before: string) =>
      paid(
        fixed('p', '100', { weight: '0.9', cap: { amount: '80', over } } as never),
        {},
        { paidBefore: { p: before } },
      );
    expect([capped('contract', '0'), capped('contract', '30'), capped('contract', '90')]).toEqual([
      '80',
      '50',
      '0',
    ]);
    expect(capped('decision', '30')).toBe('80');
    expect(paid(fixed('p', '-100', { cap: { amount: '80', over: 'contract' } }))).toBe('-100');
  });

  it('has a cap that may follow the results, and waits for it', () => {
    const most = measure({ kind: 'product', id: 'most', factors: ['heads', '12'] });
    const capped = fixed('p', '100', { cap: { amount: 'most', over: 'decision' } });
    const at = (heads: string | null) =>
      decide(termsWith(['heads'], [capped], { measures: [most] }), { heads });
    expect(at('7').computation.map(lineText)).toContain('p (p): 100 = 100, capped = 84');
    expect([at('9').amount, at('-1').amount]).toEqual(['100.00', '0.00']);
    expect(at(null)).toMatchObject({ amount: '0.00', open: ['p'] });
    expect(() => decide(termsWith([], [capped]))).toThrow(code('name-unknown'));
  });

  it('that is paid once pays nothing again', () => {
    const once = fixed('p', '100', { once: true });
    expect([paid(once), paid(once, {}, { paidBefore: { p: '100' } })]).toEqual(['100', '0']);
  });

  it('stays open while a number is not known, and is never guessed', () => {
    const terms = termsWith(
      ['a', 'b'],
      [fixed('p', 'a'), fixed('q', '7', { when: [{ measure: 'b', above: '0' }] })],
    );
    const decision = decide(terms, { a: null, b: null });
    expect(decision).toMatchObject({ amount: '0.00', reason: 'open' });
    expect(decision.lines.map(({ amount }) => amount)).toEqual([null, null]);
    expect(decide(terms, { a: '3', b: null })).toMatchObject({ amount: '3.00', reason: 'paid' });
    // A condition that is known to fail decides, whatever else is not known.
    const both = fixed('p', '1', {
      when: [
        { measure: 'a', above: '5' },
        { measure: 'b', above: '0' },
      ],
    });
    expect(decide(termsWith(['a', 'b'], [both]), { a: '1', b: null }).lines[0]!.amount).toBe('0');
  });
});

describe('a rate card', () => {
  const card = payment({
    kind: 'rateCard',
    id: 'card',
    rates: [
      { outcome: 'school', tariff: '700' },
      { outcome: 'work', tariff: 'price' },
    ],
    participantCap: '1800',
  });
  const terms = termsWith(['price'], [card]);
  const row = (count: string, school: string, work: string, more: object = {}) => ({
    count,
    outcomes: { school, work },
    ...more,
  });
  const pays = (...rows: ReturnType<typeof row>[]) =>
    decide(terms, { price: '1400' }, { participants: { card: rows } });

  it('pays each participant at most the cap, of which earlier payments take their part', () => {
    expect(pays(row('40', '1', '1'), row('10', '1', '0')).amount).toBe('79000.00');
    expect(pays(row('40', '1', '1', { paidBefore: '700' })).amount).toBe('44000.00');
    expect(pays(row('40', '1', '1', { paidBefore: '2000' })).amount).toBe('0.00');
    expect(pays().amount).toBe('0.00');
  });

  it('tells each row in plain words, before the line', () => {
    const told = pays(row('40', '1', '1', { paidBefore: '300' }), row('3', '0', '0')).computation.map(
      lineText,
    );
    expect(told.slice(0, 3)).toEqual([
      'card, 40 participants alike: school 1 × 700 + work 1 × 1400 = 2100 each (300 each paid before), capped at 1500; 40 × 1500 = 60000',
      'card, 3 participants alike: no outcome = 0 each; 3 × 0 = 0',
      'card (card): added up over 43 participants, at most 1800 for each = 60000',
    ]);
  });

  it('comes before the cap of its line, and stays open while rows or a price are not known', () => {
    const capped = { ...terms, payments: [{ ...card, cap: { amount: '50000', over: 'contract' as const } }] };
    const participants = { card: [row('40', '1', '1')] };
    expect(decide(capped, { price: '1400' }, { participants }).amount).toBe('50000.00');
    expect(decide(terms, { price: null }, { participants })).toMatchObject({
      reason: 'open',
      open: ['card'],
    });
    expect(decide(terms, { price: '1' }, { participants: { card: null } }).open).toEqual(['card']);
  });

  it('is refused with rows that are not of it, or of no people', () => {
    const refused = (participants: OutcomeResults['participants'], name: string) =>
      expect(() => decide(terms, { price: '1' }, { participants })).toThrow(code(name));
    refused(undefined, 'input-missing');
    refused({}, 'input-missing');
    refused({ card: [], other: [] }, 'input-unknown');
    refused({ card: [{ count: '1', outcomes: { school: '1' } }] }, 'input-missing');
    refused(
      { card: [row('1', '1', '1'), { count: '1', outcomes: { school: '1', work: '1', home: '1' } }] },
      'input-unknown',
    );
    refused({ card: [row('1.5', '1', '1')] }, 'input-out-of-range');
    for (const below of [row('-1', '1', '1'), row('1', '-1', '1'), row('1', '1', '1', { paidBefore: '-1' })])
      refused({ card: [below] }, 'input-out-of-range');
    expect(() => decide(termsWith([], [fixed('p', '1')]), {}, { participants: { p: [] } })).toThrow(
      code('input-unknown'),
    );
  });
});

describe('the cap of a group', () => {
  const lines = [
    fixed('a', '150', { group: 'x' }),
    fixed('b', '50', { group: 'x' }),
    fixed('c', '-20', { group: 'x', payer: 'state' }),
    fixed('d', '70', { group: 'y' }),
  ];
  const capped = (amount: string, over: 'contract' | 'decision', more: Partial<OutcomeTerms> = {}) =>
    termsWith([], lines, { groupCaps: [{ group: 'x', amount, over }], ...more });

  it('is taken from its lines above zero in proportion, after their own caps and before all other sums', () => {
    const decision = decide(capped('100', 'decision'));
    expect(decision.lines.map(({ amount }) => amount)).toEqual(['90', '30', '-20', '70']);
    expect(decision).toMatchObject({ amount: '170.00', reason: 'paid' });
    expect(decision.subtotals.map(({ amount }) => amount)).toEqual(['120', '-20', '70']);
    expect(decision.computation.map(lineText)).toContain('cap of x: 180, at most 100 = 100');
    const both = decide(capped('100', 'decision', { amountCap: { amount: '85', over: 'decision' } }));
    expect(both).toMatchObject({ amount: '85.00', reason: 'amount-capped' });
    expect(decide(capped('200', 'decision')).amount).toBe('250.00');
  });

  it('over the contract is used up by what its lines were paid before', () => {
    const later = decide(capped('100', 'contract'), {}, { paidBefore: { a: '60', b: '15', d: '900' } });
    expect(later.lines.map(({ amount }) => amount)).toEqual(['33.75', '11.25', '-20', '70']);
    expect(later.computation.map(lineText)).toContain('cap of x: 180, at most 100 − 75 paid before = 25');
    expect(decide(capped('100', 'decision'), {}, { paidBefore: { a: '60' } }).amount).toBe('170.00');
  });

  it('leaves an open line open, and a cohort that comes to something paid early though nothing is left for it', () => {
    const pooled = measure({ kind: 'sum', id: 'heads', items: [{ value: '7', unlessPaid: 'early' }] });
    const terms = termsWith(
      ['u'],
      [
        fixed('early', '10', { group: 'x' }),
        fixed('waits', 'u', { group: 'x' }),
        payment({ kind: 'tariff', id: 'pool', tariff: '1', count: 'heads' }),
      ],
      { measures: [pooled], groupCaps: [{ group: 'x', amount: '0', over: 'contract' }] },
    );
    const decision = decide(terms, { u: null });
    expect(decision.lines.map(({ amount }) => amount)).toEqual(['0', null, '0']);
    expect(decision.open).toEqual(['waits']);
  });
});

describe('the results that payments are made for', () => {
  it('are what says how much, not when', () => {
    const terms = termsWith(
      ['year', 'heads', 'rate'],
      [
        payment({
          kind: 'tariff',
          id: 'p',
          tariff: '5',
          count: 'heads',
          when: [{ measure: 'year', atLeast: '2' }],
        }),
        fixed('q', '5', { when: [{ measure: 'rate', above: '0' }] }),
        payment({ kind: 'rateCard', id: 'r', participantCap: '1', rates: [{ outcome: 'job', tariff: '1' }] }),
        payment({ kind: 'tariff', id: 's', tariff: '5', count: 'heads' }),
      ],
    );
    expect(resultsPaid(terms, () => true)).toEqual(['heads', 'rate', 'job']);
    expect(resultsPaid(terms, ({ id }) => id === 'r')).toEqual(['job']);
  });
});

describe('a cohort that was paid early', () => {
  const early = fixed('early', '100', { when: [{ measure: 'a', atLeast: '0.1' }], once: true });
  const items = [
    { value: 'a', weight: '1', unlessPaid: 'early' },
    { value: 'b', weight: '1' },
  ];
  const pooled = measure({ kind: 'weightedMean', id: 'pooled', items });
  const terms = termsWith(
    ['a', 'b'],
    [early, payment({ kind: 'tariff', id: 'pool', tariff: '1000', count: 'pooled' })],
    { measures: [pooled] },
  );

  it('is not counted again in the pool', () => {
    expect(decide(terms, { a: '0.08', b: '0.04' }).lines.map(({ amount }) => amount)).toEqual(['0', '60']);
    expect(decide(terms, { a: '0.10', b: '0.04' }).lines.map(({ amount }) => amount)).toEqual(['100', '40']);
  });

  it('stays left out when it was paid in an earlier decision', () => {
    const later = decide(terms, { a: '0.08', b: '0.04' }, { paidBefore: { early: '100' } });
    expect(later.lines.map(({ amount }) => amount)).toEqual(['0', '40']);
  });

  it('leaves the pool open if nobody remains', () => {
    const alone = {
      ...terms,
      measures: [measure({ kind: 'weightedMean', id: 'pooled', items: items.slice(0, 1) })],
    };
    expect(decide(alone, { a: '0.2', b: '0' }).lines[1]!.amount).toBe(null);
  });
});

describe('a decision', () => {
  const three = [
    fixed('a', '100', { group: 'x' }),
    fixed('b', '50', { group: 'x' }),
    fixed('c', '30', { payer: 'state', payee: 'provider' }),
  ];

  it('adds lines up by group, payer and payee, and caps their sum', () => {
    const decision = decide(termsWith([], three, { amountCap: { amount: '90', over: 'contract' } }));
    expect(decision).toMatchObject({ amount: '90.00', reason: 'amount-capped' });
    expect(decision.subtotals).toEqual([
      { group: 'x', payer: 'municipality', payee: 'investor', amount: '150', paid: '75.00' },
      { group: null, payer: 'state', payee: 'provider', amount: '30', paid: '15.00' },
    ]);
    expect(decision.computation.map(lineText)).toContain('amount cap: at most 90 − 0 paid before = 90');
    const later = decide(
      termsWith([], three, { amountCap: { amount: '90', over: 'contract' } }),
      {},
      { paidBefore: { a: '60' } },
    );
    expect(later.amount).toBe('30.00');
    expect(
      decide(
        termsWith([], three, { amountCap: { amount: '90', over: 'decision' } }),
        {},
        { paidBefore: { a: '60' } },
      ).amount,
    ).toBe('90.00');
  });

  it('takes what a cap cuts off from those who are paid, never from those who are owed', () => {
    const crossing = [fixed('a', '150'), fixed('b', '50'), fixed('c', '-20', { payer: 'state' })];
    const capped = decide(termsWith([], crossing, { amountCap: { amount: '100', over: 'decision' } }));
    expect(capped).toMatchObject({ amount: '100.00', reason: 'amount-capped' });
    expect(capped.lines.map(({ paid: part }) => part)).toEqual(['90.00', '30.00', '-20.00']);
    const investment = { flows: [{ date: '2027-01-01', amount: '-100' }], paidOn: '2028-01-01' };
    const earning = decide(termsWith([], crossing, { returnCap: { rate: '0.08' } }), {}, { investment });
    expect(earning).toMatchObject({ amount: '108.00', reason: 'return-capped' });
    expect(earning.lines.map(({ paid: part }) => part)).toEqual(['96.00', '32.00', '-20.00']);
  });

  it('names the payments that are still open, whatever else is paid', () => {
    const terms = termsWith(['x'], [fixed('a', 'x'), fixed('b', '5')]);
    expect(decide(terms, { x: null })).toMatchObject({ amount: '5.00', reason: 'paid', open: ['a'] });
    expect(decide(terms, { x: '1' }).open).toEqual([]);
    const capped = { ...terms, amountCap: { amount: '2', over: 'decision' as const } };
    expect(decide(capped, { x: null })).toMatchObject({ reason: 'amount-capped', open: ['a'] });
    const owing = { ...terms, payments: [fixed('a', 'x'), fixed('b', '-5')] };
    expect(decide(owing, { x: null })).toMatchObject({ reason: 'receivable', open: ['a'] });
  });

  it('writes what lines come to as decimals where these end, else as fractions', () => {
    const texts = (...pairs: [string, string][]) =>
      pairs.map(([of, by]) => valueOf({ kind: 'ratio', id: 'm', of: 'a', by }, { a: of }));
    expect(texts(['1', '8'], ['-1', '40'], ['7', '1'], ['-1', '3'], ['0', '3'])).toEqual([
      '0.125',
      '-0.025',
      '7',
      '-1/3',
      '0',
    ]);
  });

  it('rounds once, at the end', () => {
    const thirds = ['p', 'q', 'r'].map((id) => fixed(id, 'third'));
    const measures = [measure({ kind: 'ratio', id: 'third', of: '0.01', by: '3' })];
    const decision = decide(termsWith([], thirds, { measures }));
    expect(decision.amount).toBe('0.01');
    expect(decision.lines.map((line) => line.paid)).toEqual(['0.01', '0.00', '0.00']);
    const one = (rounding: OutcomeTerms['rounding']) =>
      decide(termsWith([], thirds.slice(0, 1), { measures, rounding }));
    expect(one('up').amount).toBe('0.01');
    expect(one('half-even')).toMatchObject({ amount: '0.00', reason: 'below-minor-unit' });
  });

  it('of less than nothing is a receivable, which no cap changes', () => {
    const terms = termsWith([], [fixed('p', '-5')], { amountCap: { amount: '1', over: 'contract' } });
    expect(decide(terms)).toMatchObject({ amount: '-5.00', reason: 'receivable' });
    expect(decide(termsWith([], [fixed('p', '0')])).reason).toBe('nothing-due');
  });

  it('knows the minor units of its currency', () => {
    expect(decide(termsWith([], [fixed('p', '10.6')], { currency: 'JPY', rounding: 'down' })).amount).toBe(
      '10',
    );
  });
});

describe('terms are refused', () => {
  const refused = (terms: object, name: string) =>
    expect(() => decideOutcome(terms as OutcomeTerms, results())).toThrow(code(name));
  const withTiers = (tiers: object[]) =>
    termsWith(['a'], [payment({ kind: 'tiers', id: 'p', measure: 'a', tiers } as never)]);
  const edge = (at: string, included: boolean) => ({ at, included });

  it('with gaps or overlaps in their tiers', () => {
    const two = (to: object, from: object) =>
      withTiers([
        { to, pays: '0' },
        { from, pays: '1' },
      ]);
    refused(two(edge('1', false), edge('1', false)), 'tiers-gap');
    refused(two(edge('1', true), edge('2', true)), 'tiers-gap');
    refused(two(edge('1', true), edge('1', true)), 'tiers-overlap');
    refused(two(edge('2', true), edge('1', true)), 'tiers-overlap');
    refused(withTiers([{ pays: '0' }, { pays: '1' }]), 'tiers-overlap');
    refused(withTiers([{ from: edge('1', true), pays: '0' }]), 'tiers-gap');
    refused(withTiers([{ to: edge('1', true), pays: '0' }]), 'tiers-gap');
    const narrow = { from: edge('1', false), to: edge('1', true), pays: '0' };
    refused(
      withTiers([{ to: edge('1', true), pays: '0' }, narrow, { from: edge('1', false), pays: '0' }]),
      'range-empty',
    );
  });

  it('that name what is not there, name two things alike or turn in a circle', () => {
    refused(termsWith([], [fixed('p', 'a')]), 'name-unknown');
    refused(termsWith(['a'], [fixed('a', '1')]), 'id-repeated');
    const sum = (id: string, value: string, unlessPaid?: string) =>
      measure({ kind: 'sum', id, items: [{ value, unlessPaid }] });
    refused(termsWith([], [fixed('p', 'm')], { measures: [sum('m', 'n'), sum('n', 'm')] }), 'terms-circular');
    refused(termsWith([], [fixed('p', 'm')], { measures: [sum('m', '1', 'p')] }), 'terms-circular');
    refused(termsWith([], [fixed('p', 'm')], { measures: [sum('m', '1', 'q')] }), 'name-unknown');
    const capped = fixed('p', '1', { cap: { amount: 'm', over: 'contract' } });
    refused(termsWith([], [capped], { measures: [sum('m', '1', 'p')] }), 'terms-circular');
    const rates = [{ outcome: 'job', tariff: 'm' }];
    const card = payment({ kind: 'rateCard', id: 'p', rates, participantCap: '1' });
    refused(termsWith([], [card], { measures: [sum('m', '1', 'p')] }), 'terms-circular');
    refused(
      termsWith(['a'], [payment({ kind: 'saving', id: 'p', measure: 'a', share: '1' })]),
      'name-unknown',
    );
  });

  it('whose anchors, steps, conditions or bounds make no sense', () => {
    const anchors = ['2', '1'].map((at) => ({ at, pays: '0' }));
    refused(
      termsWith(
        ['a'],
        [payment({ kind: 'anchors', id: 'p', measure: 'a', anchors, rounding: 'none', base: '1' })],
      ),
      'anchors-unordered',
    );
    const fall = (...steps: { share: string; until?: string }[]) =>
      termsWith(['a'], [payment({ kind: 'waterfall', id: 'p', amount: 'a', steps })]);
    refused(fall({ share: '1', until: '5' }), 'steps-unordered');
    refused(fall({ share: '1' }, { share: '1' }), 'steps-unordered');
    refused(fall({ share: '1', until: '5' }, { share: '1', until: '4' }, { share: '1' }), 'steps-unordered');
    refused(fall({ share: '0', until: '5' }, { share: '1' }), 'out-of-range');
    refused(fall({ share: '1.01' }), 'out-of-range');
    for (const condition of [{}, { above: '1', atMost: '1' }, { atLeast: '2', atMost: '1' }])
      refused(termsWith(['a'], [fixed('p', '1', { when: [{ measure: 'a', ...condition }] })]), 'range-empty');
    refused(termsWith([], [fixed('p', '1', { cap: { amount: '-1', over: 'contract' } })]), 'range-empty');
    refused(termsWith([], [fixed('p', '1', { weight: '-1' } as never)]), 'out-of-range');
    refused(
      termsWith([], [fixed('p', '1')], { inputs: [{ id: 'a', title: 'a', unit: 'u', min: '2', max: '1' }] }),
      'range-empty',
    );
  });

  it('whose group caps or rate cards make no sense', () => {
    const cap = (group: string, amount = '1') => ({ group, amount, over: 'contract' as const });
    const grouped = [fixed('p', '1', { group: 'x' })];
    refused(termsWith([], grouped, { groupCaps: [cap('y')] }), 'name-unknown');
    refused(termsWith([], grouped, { groupCaps: [cap('x'), cap('x')] }), 'id-repeated');
    refused(termsWith([], grouped, { groupCaps: [cap('x', '-1')] }), 'range-empty');
    refused(termsWith([], grouped, { groupCaps: [cap('x', '0.001')] }), 'amount-too-precise');
    const card = (participantCap: string, ...outcomes: string[]) =>
      payment({
        kind: 'rateCard',
        id: 'p',
        rates: outcomes.map((outcome) => ({ outcome, tariff: '1' })),
        participantCap,
      });
    refused(termsWith([], [card('1', 'a', 'a')]), 'id-repeated');
    refused(termsWith([], [card('-1', 'a')]), 'range-empty');
    const unknown = payment({
      kind: 'rateCard',
      id: 'p',
      rates: [{ outcome: 'a', tariff: 'nobody-knows' }],
      participantCap: '1',
    });
    refused(termsWith([], [unknown]), 'name-unknown');
    const product = (id: string, ...factors: string[]) => measure({ kind: 'product', id, factors });
    refused(termsWith([], [fixed('p', 'm')], { measures: [product('m', '1', 'm')] }), 'terms-circular');
    refused(termsWith([], [fixed('p', 'm')], { measures: [product('m', '1', 'q')] }), 'name-unknown');
    refused(termsWith([], [fixed('p', 'm')], { measures: [product('m', '1')] }), 'terms-malformed');
  });

  it('whose money is none', () => {
    refused(termsWith([], [fixed('p', '1')], { currency: 'XXQ' }), 'currency-unknown');
    refused(
      termsWith([], [fixed('p', '1')], { amountCap: { amount: '0.001', over: 'contract' } }),
      'amount-too-precise',
    );
    refused(
      termsWith([], [fixed('p', '1')], { amountCap: { amount: '-1', over: 'contract' } }),
      'range-empty',
    );
    refused(termsWith([], [fixed('p', '1')], { returnCap: { rate: '-1' } }), 'range-empty');
    refused(
      termsWith([], [fixed('p', '1'), fixed('q', '1', { payee: 'other' })], { returnCap: { rate: '0.1' } }),
      'payees-differ',
    );
    const huge = Array.from({ length: 20 }, (_, at) => fixed(`p-${at}`, '999999999999999'));
    refused(termsWith([], huge), 'amount-unsafe');
  });

  it('whose rates and shares are per cents by mistake, with the way to write them', () => {
    const told = (terms: OutcomeTerms, message: string) => {
      refused(terms, 'out-of-range');
      expect(() => decideOutcome(terms, results())).toThrow(message);
    };
    for (const rate of ['8', '1'])
      told(termsWith([], [fixed('p', '1')], { returnCap: { rate } }), '0.08 is 8 %; 8 would be 800 %');
    const share = 'p: share is from 0 to 1; 50 % is 0.5';
    told(
      termsWith(['a'], [payment({ kind: 'saving', id: 'p', measure: 'a', heads: '1', share: '50' })]),
      share,
    );
    told(
      termsWith(['a'], [payment({ kind: 'waterfall', id: 'p', amount: 'a', steps: [{ share: '95' }] })]),
      share,
    );
  });

  it('with every mistake told at once, by place and id', () => {
    const told = (terms: object, message: string) =>
      expect(() => decideOutcome(terms as OutcomeTerms, results())).toThrow(message);
    const { rounding: _none, ...unrounded } = measure({ kind: 'value', id: 'm', of: '1' });
    const measures = [unrounded as Measure];
    told(
      termsWith([], [fixed('p', '1')], { measures }),
      'measures.0 (m).rounding: is missing; write "none" or {places, mode}',
    );
    const { currency: _currency, rounding: _mode, ...terms } = termsWith([], [fixed('p', '1')]);
    told(
      { ...terms, currancy: 'EUR' },
      'currency: is missing; rounding: is missing; write one of "half-up", "half-even", "down", "up"; the whole: there is no currancy here',
    );
    const numbers = fixed('kemio', 400 as never, { cap: { amount: 1.5 as never, over: 'contract' } });
    told(
      termsWith([], [fixed('p', '1'), numbers]),
      'payments.1 (kemio).cap.amount: write "1.5"; payments.1 (kemio).amount: write "400"',
    );
    told(termsWith([], [fixed('p', 'x'), fixed('q', 'y')]), 'p: there is no x; q: there is no y');
    told(
      termsWith([], [fixed('p', '1', { weight: '-1' } as never)], { returnCap: { rate: '8' } }),
      'p: a weight below zero; returnCap.rate: 8 is 100 %',
    );
    told({ ...termsWith([], [fixed('p', '1')]), inputs: {} }, 'inputs: write a list in square brackets');
    told([], 'the whole: write an object in braces');
    told(
      termsWith([], [fixed('p', '1', { once: 'yes' as never })]),
      'payments.0 (p).once: write true or false, without quotes',
    );
    told(termsWith([], [fixed('p', '1')], { title: null as never }), 'title: write text in quotes');
    const kinds = '"fixed", "tiers", "anchors", "tariff", "rateCard", "saving", "waterfall"';
    told(
      termsWith([], [fixed('p', '1', { kind: 'fix' } as never)]),
      `payments.0 (p).kind: write one of ${kinds}`,
    );
    const { kind: _kind, ...unkind } = fixed('p', '1');
    told(termsWith([], [unkind as Payment]), `payments.0 (p).kind: is missing; write one of ${kinds}`);
    const many = Array.from({ length: 30 }, (_, at) => fixed(`p-${at}`, 1 as never));
    told(termsWith([], many), 'payments.19 (p-19).amount: write "1"; and 10 more');
  });

  it('but not for naming their JSON Schema', () => {
    const $schema = 'outcome-terms.json';
    const linked = termsWith([], [fixed('p', '1')], { $schema });
    expect(decideOutcome(linked, { $schema, inputs: {} }).amount).toBe('1.00');
  });

  it('that are not of the documented shape', () => {
    refused({}, 'terms-malformed');
    refused({ ...termsWith([], [fixed('p', '1')]), amountCapp: {} }, 'terms-malformed');
    for (const bad of ['1e3', 'NaN', '1,5', '', '1/3'])
      refused(termsWith([], [fixed('p', bad)]), 'terms-malformed');
    expect(() => decideOutcome(termsWith([], [fixed('p', '1,5')]), results())).toThrow(
      /payments\.0 \(p\)\.amount/,
    );
  });
});

describe('results are refused', () => {
  const terms = termsWith([], [fixed('p', 'a')], {
    inputs: [{ id: 'a', title: 'a', unit: 'u', min: '0', max: '10' }],
  });
  const refused = (given: object, name: string, of = terms) =>
    expect(() => decideOutcome(of, given as OutcomeResults)).toThrow(code(name));

  it('that leave out an input, add one, or state an unlikely one', () => {
    refused(results(), 'input-missing');
    refused(results({ a: '1', b: '1' }), 'input-unknown');
    for (const bad of ['-0.1', '10.1']) refused(results({ a: bad }), 'input-out-of-range');
    const two = { ...terms, inputs: [{ id: 'b', title: 'b', unit: 'u' }, ...terms.inputs] };
    refused(results({ b: null, a: '11' }), 'input-out-of-range', two);
    for (const bad of [1, 'NaN', '1e1']) refused({ inputs: { a: bad } }, 'results-malformed');
  });

  it('with every mistake told at once', () => {
    const two = { ...terms, inputs: [{ id: 'b', title: 'b', unit: 'u' }, ...terms.inputs] };
    expect(() => decideOutcome(two, results({ c: '1', a: '11' }))).toThrow(
      'the terms have no input c; b: state a number, or null if it is not known yet; a: 11 is not from 0 to 10',
    );
    expect(() => decideOutcome(terms, { inputs: { a: 1 } } as never)).toThrow('inputs.a: write "1"');
  });

  it('whose earlier payments are not of these terms, or no amounts of money', () => {
    refused(results({ a: '1' }, { paidBefore: { q: '1' } }), 'payment-unknown');
    refused(results({ a: '1' }, { paidBefore: { p: '0.001' } }), 'amount-too-precise');
  });

  it('without dated flows where the return is capped, or with them where it is not', () => {
    const flows = (...pairs: [string, string][]) => ({
      flows: pairs.map(([date, amount]) => ({ date, amount })),
      paidOn: '2030-01-01',
    });
    const investment = flows(['2027-01-01', '-100']);
    refused(results({ a: '1' }, { investment }), 'investment-unexpected');
    const capped = { ...terms, returnCap: { rate: '0.1' } };
    refused(results({ a: '1' }), 'investment-missing', capped);
    const signs = (...pairs: [string, string][]) =>
      refused(results({ a: '1' }, { investment: flows(...pairs) }), 'flow-signs', capped);
    signs(['2027-01-01', '100']);
    signs(['2027-01-01', '0']);
    signs(['2027-01-01', '-100'], ['2028-01-01', '50'], ['2029-01-01', '-1']);
    signs(['2027-01-01', '-100'], ['2027-01-01', '200']);
    refused(results({ a: '1' }, { investment: flows(['2030-01-02', '-1']) }), 'flow-after-payment', capped);
    const longAgo = flows(['1979-01-01', '-1']);
    refused(results({ a: '1' }, { investment: longAgo }), 'out-of-range', capped);
    refused(results({ a: '1' }, { investment: flows(['2029-02-29', '-1']) }), 'results-malformed', capped);
  });
});
