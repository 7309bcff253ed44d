import type { OutcomeTerms } from '@talkoot/impact/outcome';
import { money } from '@talkoot/money';
import { describe, expect, it } from 'vitest';
import {
  balanceOf,
  contentSha256,
  decideBy,
  maximumOf,
  partsOf,
  requireDisinterested,
  requireParties,
} from './outcome.ts';
import { contractTerms } from './outcome.fixture.ts';

const team = {
  members: [{ personId: 'per-volunteer-1', pot: 'volunteers' as const, weight: 0, minutes: 1 }],
  pots: { 'civil-servants': 1, champions: 1, volunteers: 1 },
};
const code = (name: string) => expect.objectContaining({ code: name });

describe('the maximum of a contract', () => {
  it('stands in its terms, over the whole contract and in the currency of the pilot', () => {
    expect(maximumOf(contractTerms(), 'EUR')).toEqual(money(500_000, 'EUR'));
    const { amountCap: _none, ...uncapped } = contractTerms();
    expect(() => maximumOf(uncapped, 'EUR')).toThrow(code('outcome-cap-missing'));
    const each = contractTerms({ amountCap: { amount: '5000', over: 'decision' } });
    expect(() => maximumOf(each, 'EUR')).toThrow(code('outcome-cap-missing'));
    expect(() => maximumOf(contractTerms(), 'SEK')).toThrow(code('amount-invalid'));
    const nothing = contractTerms({ amountCap: { amount: '0', over: 'contract' } });
    expect(() => maximumOf(nothing, 'EUR')).toThrow(code('amount-invalid'));
  });

  it('is not known of terms that cannot be decided; the refusal names why', () => {
    const twice = contractTerms();
    const terms: OutcomeTerms = { ...twice, payments: [...twice.payments, twice.payments[0]!] };
    expect(() => maximumOf(terms, 'EUR')).toThrow(/terms-refused: id-repeated/);
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

describe('the hash of a contract', () => {
  const content = {
    ...{ _id: 'oct-1', municipalityId: 'lintula', pilotId: 'pil-1', projectId: null },
    ...{ terms: contractTerms(), payer: 'municipality', payees: [] },
  };

  it('changes with every word of it', () => {
    const hashes = [
      content,
      { ...content, projectId: 'prj-1' },
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
