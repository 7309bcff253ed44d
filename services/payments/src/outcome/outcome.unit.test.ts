import type { OutcomeTerms } from '@talkoot/impact/outcome';
import { money } from '@talkoot/money';
import { describe, expect, it } from 'vitest';
import {
  balanceOf,
  contentSha256,
  decideBy,
  partsOf,
  requireDisinterested,
  requireParties,
  requireUnpaid,
} from './outcome.ts';
import { contractTerms } from './outcome.fixture.ts';
import { maximumOf } from './outcome.maximum.ts';

const team = {
  members: [
    {
      personId: 'per-volunteer-1',
      pot: 'volunteers' as const,
      worksAs: 'volunteers' as const,
      weight: 0,
      minutes: 1,
    },
  ],
  pots: { 'civil-servants': 1, champions: 1, volunteers: 1 },
};
type Payment = OutcomeTerms['payments'][number];
const line = { id: 'line', title: 'A line', payer: 'municipality', payee: 'provider' };
const anchors = (pays: string) => ({
  kind: 'anchors' as const,
  measure: 'reduction',
  rounding: 'none' as const,
  anchors: [
    { at: '0', pays },
    { at: '1', pays: '1' },
  ],
});
const rateCard = (tariff: string) => ({
  kind: 'rateCard' as const,
  participantCap: '100',
  rates: [{ outcome: 'job', tariff }],
});
const code = (name: string) => expect.objectContaining({ code: name });

describe('the maximum of a contract', () => {
  const most = (terms: OutcomeTerms, currency = 'EUR') => maximumOf(terms, currency, 'municipality');
  const { payments } = contractTerms();
  const [health, jobs, state] = payments as [Payment, Payment, Payment];
  const upTo = (payment: Payment, amount: string): Payment => ({
    ...payment,
    cap: { amount, over: 'contract' },
  });

  it('stands in its terms, over the whole contract and in the currency of the pilot', () => {
    const paying = { payments: [jobs, state] };
    expect(most(contractTerms(paying))).toEqual(money(500_000, 'EUR'));
    const { amountCap: _none, ...uncapped } = contractTerms();
    expect(() => most(uncapped)).toThrow(code('outcome-cap-missing'));
    const each = contractTerms({ amountCap: { amount: '5000', over: 'decision' } });
    expect(() => most(each)).toThrow(code('outcome-cap-missing'));
    expect(() => most(contractTerms(), 'SEK')).toThrow(code('amount-invalid'));
    const nothing = contractTerms({ ...paying, amountCap: { amount: '0', over: 'contract' } });
    expect(() => most(nothing)).toThrow(code('amount-invalid'));
  });

  it('counts the most of each line of the payer where one party may owe while another is paid', () => {
    expect(most(contractTerms())).toEqual(money(500_000, 'EUR'));
    expect(most(contractTerms({ payments: [health, upTo(jobs, '9000'), state] }))).toEqual(
      money(1_200_000, 'EUR'),
    );
    const { cap: _none, ...uncapped } = jobs;
    const perDecision: Payment = { ...jobs, cap: { amount: '9000', over: 'decision' } };
    for (const one of [uncapped as Payment, perDecision, upTo(jobs, '0.001'), upTo(jobs, 'fewer')])
      expect(() => most(contractTerms({ payments: [health, one] }))).toThrow(code('line-cap-missing'));
  });

  it('is the amount cap where one payee nets only with itself', () => {
    const { cap: _none, ...alone } = health;
    expect(most(contractTerms({ payments: [alone as Payment] }))).toEqual(money(500_000, 'EUR'));
  });

  it.each<[string, Payment, boolean]>([
    ['a tier below zero', health, true],
    ['a tariff that is counted', jobs, false],
    ['a tariff below zero', { ...jobs, tariff: '-1' } as Payment, true],
    ['an amount that may be anything', { ...line, kind: 'fixed', amount: 'fewer' }, true],
    ['an amount of zero or more', { ...line, kind: 'fixed', amount: 'jobs' }, false],
    [
      'a saving that may be a loss',
      { ...line, kind: 'saving', measure: 'reduction', heads: '1', share: '1' },
      true,
    ],
    ['a rate card', { ...line, ...rateCard('5') }, false],
    ['a rate card that also takes', { ...line, ...rateCard('-5') }, true],
    ['shares of an amount', { ...line, kind: 'waterfall', amount: 'fewer', steps: [{ share: '1' }] }, false],
    ['rates below zero', { ...line, ...anchors('-1'), base: '1' }, true],
    ['rates of what may be anything', { ...line, ...anchors('0'), base: 'fewer' }, true],
    ['rates of zero or more', { ...line, ...anchors('0'), base: 'jobs' }, false],
  ])('knows whether one may owe: %s', (_, payment, owes) => {
    const { cap: _cap, ...uncapped } = payment;
    const other = { ...line, id: 'other', kind: 'fixed' as const, amount: '1', payee: 'somebody' };
    const asked = () => most(contractTerms({ payments: [uncapped as Payment, other] }));
    if (owes) expect(asked).toThrow(code('line-cap-missing'));
    else expect(asked()).toEqual(money(500_000, 'EUR'));
  });

  it('is not known of terms that cannot be decided; the refusal names why', () => {
    const terms = contractTerms({ payments: [...payments, payments[0]!] });
    expect(() => most(terms)).toThrow(/terms-refused: id-repeated/);
  });
});

describe('the parties of a contract', () => {
  const named = (...parties: string[]) => parties.map((party) => ({ party }));

  it('are exactly those whom the payer pays by its terms', () => {
    requireParties(contractTerms(), 'municipality', named('provider', 'fund'));
    for (const wrong of [
      named('fund'),
      named('fund', 'provider', 'other'),
      named('fund', 'fund', 'provider'),
    ])
      expect(() => requireParties(contractTerms(), 'municipality', wrong)).toThrow(code('parties-differ'));
    expect(() => requireParties(contractTerms(), 'fund', named('fund', 'provider'))).toThrow(
      code('parties-differ'),
    );
  });

  it('do not state its results, nor does anybody who agreed on it, is on the team or invests', () => {
    const payees = [{ party: 'fund', payeeId: 'per-fund', role: 'investor' as const }];
    const contract = { payees, proposedBy: 'per-clerk', signedBy: 'per-authority' };
    const by = (id: string, ...rolesHere: string[]) =>
      requireDisinterested({ id, rolesHere }, contract, team);
    by('per-assessor', 'assessor');
    for (const id of ['per-fund', 'per-clerk', 'per-authority', 'per-volunteer-1'])
      expect(() => by(id, 'assessor')).toThrow(code('interested-party'));
    for (const role of ['investor', 'contractor'])
      expect(() => by('per-assessor', 'assessor', role)).toThrow(code('interested-party'));
  });
});

describe('a result of a project', () => {
  const earlier = [{ contractId: 'oct-1', besides: [] as string[], decided: ['reduction'] }];
  const mine = { _id: 'oct-2', besides: ['oct-1'] };

  it('is not paid again, however often a contract is signed beside the one that paid it', () => {
    requireUnpaid(mine, ['jobs'], earlier);
    requireUnpaid({ _id: 'oct-1', besides: [] }, ['reduction'], earlier);
    expect(() => requireUnpaid(mine, ['jobs', 'reduction'], earlier)).toThrow(
      /result-paid.*reduction: oct-1/,
    );
  });

  it('is not paid by two contracts of which neither knows of the other, whatever they call it', () => {
    const unknown = { ...mine, besides: [] };
    expect(() => requireUnpaid(unknown, ['jobs'], earlier)).toThrow(code('result-paid'));
    requireUnpaid(unknown, ['jobs'], [{ ...earlier[0]!, besides: ['oct-2'] }]);
    expect(() => requireUnpaid(mine, [], [...earlier, { ...earlier[0]!, contractId: 'oct-3' }])).toThrow(
      code('result-paid'),
    );
  });
});

describe('the hash of a contract', () => {
  const content = {
    ...{ _id: 'oct-1', municipalityId: 'lintula', pilotId: 'pil-1', projectId: null },
    ...{ terms: contractTerms(), payer: 'municipality', payees: [], besides: [] },
  };

  it('changes with every word of it', () => {
    const hashes = [
      content,
      { ...content, projectId: 'prj-1' },
      { ...content, besides: ['oct-2'] },
      { ...content, payer: 'state' },
      { ...content, payees: [{ party: 'fund', payeeId: 'per-1', role: 'investor' as const }] },
      { ...content, terms: contractTerms({ title: 'Another' }) },
    ].map(contentSha256);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(contentSha256({ ...content, terms: JSON.parse(JSON.stringify(contractTerms())) })).toBe(hashes[0]);
  });
});

describe('what the municipality owes', () => {
  it('is only what its own lines say, by party', () => {
    const outcome = decideBy(contractTerms(), { inputs: { fewer: '-10', jobs: '4' } });
    expect(balanceOf(partsOf(outcome, 'municipality'))).toEqual({
      payable: [{ party: 'provider', amount: money(80_000, 'EUR') }],
      receivable: [{ party: 'fund', amount: money(100_000, 'EUR') }],
    });
    expect(balanceOf(partsOf(outcome, 'state')).payable).toEqual([
      { party: 'provider', amount: money(40_000, 'EUR') },
    ]);
  });

  it('is refused with results that do not fit', () => {
    expect(() => decideBy(contractTerms(), { inputs: {} })).toThrow(/results-refused: input-missing/);
  });
});
