import { expect, it } from 'vitest';
import { bonusPlan, plan } from '../ballots.fixture.ts';
import { hashOf, manifestOf, requireBothIssuers } from './manifest.ts';
import { pollFrom } from './poll.ts';

const [municipality, auditor] = (['municipality', 'auditor'] as const).map((name, index) => ({
  name,
  modulus: `${index + 1}`.repeat(512),
  roll: 10,
  excluded: 0,
  rollHash: 'a'.repeat(64),
}));
const issuers = [municipality!, auditor!];
const poll = pollFrom('pol-1', plan);
const m = (one = poll, by = issuers) => hashOf(manifestOf(one, by));

it('binds the question, its rules, both keys and both rolls: another of any is another manifest', () => {
  const others = [
    m({ ...poll, pollId: 'pol-2' }),
    m({ ...poll, municipalityId: 'other' }),
    m({ ...poll, budget: { amount: 1, currency: 'EUR' } }),
    m({ ...poll, ballot: { ...poll.ballot, maxChoices: 1 } }),
    m({ ...poll, options: poll.options.toReversed() }),
    m(poll, [municipality!, { ...auditor!, modulus: '3'.repeat(512) }]),
    m(poll, [municipality!, { ...auditor!, roll: 11 }]),
    m(poll, [municipality!, { ...auditor!, excluded: 1 }]),
    m(poll, [{ ...municipality!, rollHash: 'b'.repeat(64) }, auditor!]),
    hashOf(manifestOf(pollFrom('pol-1', bonusPlan), issuers)),
  ];
  expect(new Set([m(), ...others]).size).toBe(others.length + 1);
  expect(m()).toBe(m({ ...poll }));
});

it.each([
  ['one issuer twice', [municipality!, municipality!]],
  ['the other order', [auditor!, municipality!]],
  ['one key for both', [municipality!, { ...auditor!, modulus: municipality!.modulus }]],
])('is not made of %s', (_, wrong) => {
  expect(() => requireBothIssuers(wrong)).toThrow(/issuers-differ/);
});
