import { newTrustee, questionHash, readManifest } from '@talkoot/ballot-protocol';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { bonusPlan, criteriaPlan, plan, testIssuers } from '../ballots.fixture.ts';
import type { TestIssuer } from '../ballots.fixture.ts';
import { manifestOf, questionSha256Of } from './manifest.ts';
import { keyOf, partsOf } from './manifest.fixture.ts';
import { awaitedOf } from '../key/key.ts';
import type { KeyMaking } from '../key/key.ts';
import { ballotOf, ceremonyOf, pollFrom } from './poll.ts';
import type { PollPlan } from './poll.ts';

const equalShares = {
  rule: 'equal-shares',
  completion: 'add1',
  increment: 100,
  exhaustiveStop: true,
  comparison: false,
} as const;
const { trustees } = plan.protocol;
const protocol = (part: Partial<PollPlan['protocol']>) => ({ protocol: { ...plan.protocol, ...part } });

describe('a plan of a poll', () => {
  it.each<[string, Partial<PollPlan>]>([
    ['a criteria vote with approvals', { kind: 'criteria' }],
    ['no option', { options: [] }],
    ['an option twice', { options: [plan.options[0]!, plan.options[0]!] }],
    ['no budget', { budget: null }],
    ['a budget below zero', { budget: { amount: -1, currency: 'EUR' } }],
    ['an option without a cost', { options: [{ optionId: 'prj-a', cost: null }] }],
    [
      'an option that costs nothing',
      { options: [{ optionId: 'prj-a', cost: { amount: 0, currency: 'EUR' } }] },
    ],
    ['another currency', { budget: { amount: 1, currency: 'SEK' } }],
    ['a maximum below the minimum', { ballot: { type: 'approval', minChoices: 3, maxChoices: 2 } }],
    ['a minimum below zero', { ballot: { type: 'approval', minChoices: -1, maxChoices: 2 } }],
    ['no choice at all', { ballot: { type: 'approval', minChoices: 0, maxChoices: 0 } }],
    ['points outside a points poll', { ballot: { ...plan.ballot, points: 5 } }],
    ['a points poll without points', { ballot: { ...plan.ballot, type: 'points' } }],
    ['fewer points than choices', { ballot: { type: 'points', minChoices: 3, maxChoices: 3, points: 2 } }],
    ['no rule of allocation', { allocation: null }],
    ['a budget of nothing', { budget: { amount: 0, currency: 'EUR' } }],
    ['a rule about what is no option', { allocation: { rule: 'greedy', conflicts: [['prj-a', 'prj-x']] } }],
    ['an increment of nothing', { allocation: { ...equalShares, increment: 0 } }],
    [
      'an increment so small that the count might never end',
      { budget: { amount: 10_000_000, currency: 'EUR' }, allocation: { ...equalShares, increment: 1 } },
    ],
    ['more to open the key than trustees', protocol({ threshold: 4 })],
    ['a trustee twice', protocol({ trustees: [trustees[0]!, trustees[0]!, trustees[1]!] })],
    [
      'an organisation that opens the key alone',
      protocol({ trustees: trustees.map((one) => ({ ...one, organisation: 'town' })) }),
    ],
    [
      'a key that is none',
      protocol({ trustees: [...trustees, { ...trustees[0]!, name: 'other', signingKey: '00'.repeat(32) }] }),
    ],
  ])('is refused with %s', (_, part) => {
    expect(() => pollFrom('pol-1', { ...plan, ...part })).toThrow(/poll-invalid/);
  });

  it.each<[string, PollPlan]>([
    ['a criteria vote without a criterion', { ...criteriaPlan, options: [] }],
    ['a criteria vote that allocates', { ...criteriaPlan, allocation: { rule: 'greedy' } }],
    ['a bonus vote that allocates', { ...bonusPlan, allocation: { rule: 'greedy' } }],
  ])('is refused for %s', (_, wrong) => {
    expect(() => pollFrom('pol-1', wrong)).toThrow(/poll-invalid/);
  });

  it('may ask for a bonus alone', () => {
    expect(pollFrom('pol-1', { ...bonusPlan, options: [] }).options).toEqual([]);
  });

  it('asks for no more choices than there are options', () => {
    const wide = { ...plan, ballot: { ...plan.ballot, minChoices: 5, maxChoices: 9 } };
    expect(ballotOf(wide)).toEqual({ type: 'approval', minChoices: 3, maxChoices: 3 });
    expect(ballotOf(plan)).toEqual(plan.ballot);
  });

  it('names its trustees in the order of the charter', () => {
    const { trustees: named } = ceremonyOf(pollFrom('pol-1', plan));
    expect(named.map(({ index, name }) => [index, name])).toEqual([
      [1, 'clerk'],
      [2, 'auditor'],
      [3, 'notary'],
    ]);
  });
});

describe('whatever poll is accepted', () => {
  let issuers: readonly [TestIssuer, TestIssuer];
  beforeAll(async () => {
    issuers = await testIssuers(2);
  });

  const amount = fc.integer({ min: -1, max: 9_000 });
  const choices = {
    minChoices: fc.integer({ min: -1, max: 4 }),
    maxChoices: fc.integer({ min: 0, max: 6 }),
  };
  const ballot: fc.Arbitrary<PollPlan['ballot']> = fc.oneof(
    fc.record({ type: fc.constantFrom('approval' as const, 'knapsack' as const), ...choices }),
    fc.record({ type: fc.constant('points' as const), points: fc.integer({ min: 1, max: 9 }), ...choices }),
    fc.record({ type: fc.constantFrom('yes-no' as const, 'bonus' as const), ...choices }),
  );
  const plans: fc.Arbitrary<PollPlan> = fc.record({
    kind: fc.constantFrom('prioritisation', 'criteria', 'bonus'),
    options: fc.array(
      fc.record({
        optionId: fc.constantFrom('prj-a', 'prj-b', 'prj-c', 'prj-d'),
        cost: fc.option(amount.map((cost) => ({ amount: cost, currency: 'EUR' }))),
      }),
      { maxLength: 4 },
    ),
    budget: fc.option(amount.map((budget) => ({ amount: budget, currency: 'EUR' }))),
    ballot,
    allocation: fc.constantFrom(null, { rule: 'greedy' }, { rule: 'greedy', minimumVotes: 2 }, equalShares),
    protocol: fc.constant(plan.protocol),
    ...(Object.fromEntries(
      Object.entries(plan)
        .filter(([name]) => ['municipalityId', 'pilotId', 'roundId', 'projectId', 'reportTo'].includes(name))
        .map(([name, value]) => [name, fc.constant(value)]),
    ) as object),
  }) as never;

  it('can be written as a manifest that every voter reads, and that asks the same', () => {
    let accepted = 0;
    const rolls = { issuers: issuers.map(({ roll }) => roll) };
    fc.assert(
      fc.property(plans, (one) => {
        let poll: ReturnType<typeof pollFrom>;
        try {
          poll = pollFrom('pol-1', one);
        } catch {
          return;
        }
        accepted += 1;
        const text = manifestOf({ ...poll, ...rolls }, { ...partsOf(issuers), key: keyOf(poll) });
        const { manifest } = readManifest(Buffer.from(text));
        expect(manifest.poll).toBe('pol-1');
        expect(Buffer.from(questionHash(manifest)).toString('hex')).toBe(questionSha256Of(poll));
      }),
      { numRuns: 2_000 },
    );
    expect(accepted).toBeGreaterThan(50);
  });
});

describe('what is awaited of the trustees', () => {
  const three = { threshold: 2, trustees: [newTrustee(), newTrustee(), newTrustee()] };
  const given = (part: Record<string, number | object>): KeyMaking =>
    ({
      round1: Array(part['round1'] ?? 0).fill({}),
      round2: Array(part['round2'] ?? 0).fill({}),
      confirmations: [],
      key: part['key'] ?? null,
      shares: Array(part['shares'] ?? 0).fill({}),
      destroyed: Array(part['destroyed'] ?? 0).fill({}),
    }) as never;
  const made = { round1: 3, round2: 3, key: {} };

  it.each([
    ['prepared', {}, 'nothing'],
    ['roll-frozen', { round1: 2 }, 'round1'],
    ['roll-frozen', { round1: 3 }, 'round2'],
    ['roll-frozen', { round1: 3, round2: 3 }, 'confirmation'],
    ['roll-frozen', made, 'nothing'],
    ['open', made, 'nothing'],
    ['closed', made, 'nothing'],
    ['key-release', { ...made, shares: 1 }, 'share'],
    ['key-release', { ...made, shares: 2 }, 'nothing'],
    ['tallied', { ...made, shares: 2 }, 'nothing'],
    ['published', made, 'nothing'],
    ['decided', { ...made, destroyed: 2 }, 'destruction'],
    ['annulled', made, 'destruction'],
    ['decided', { ...made, destroyed: 3 }, 'nothing'],
    ['not-held', { round1: 2 }, 'nothing'],
  ] as const)('in the phase %s with %j is %s', (phase, part, awaited) => {
    expect(awaitedOf(phase, three, given(part))).toBe(awaited);
  });
});
