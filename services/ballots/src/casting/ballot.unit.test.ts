import { describe, expect, it } from 'vitest';
import { bonusPlan, criteriaPlan, plan } from '../ballots.fixture.ts';
import { pollFrom, rulesOf } from '../poll/poll.ts';
import type { PollPlan } from '../poll/poll.ts';
import { voteOf } from './ballot.ts';

const rules = (one: PollPlan) => rulesOf(pollFrom('pol-1', one));
const vote = (one: PollPlan, sent: Parameters<typeof voteOf>[0]) => voteOf(sent, rules(one));

describe('a ballot', () => {
  it('has one canonical form, whatever the order of its choices', () => {
    const [first, second] = [
      ['prj-b', 'prj-a'],
      ['prj-a', 'prj-b'],
    ].map((choices) => vote(plan, { choices }));
    expect(first).toEqual(second);
  });

  it('may be blank even where a minimum is asked of those who choose', () => {
    expect(vote(plan, { choices: [] })).toEqual({ choices: [] });
  });

  it('may leave criteria and the share unanswered', () => {
    expect(vote(criteriaPlan, { answers: { yes: [], no: ['crt-1'] } })).toEqual({
      yes: [],
      no: ['crt-1'],
      share: null,
    });
    expect(vote(bonusPlan, { answers: { yes: [], no: [], share: 0 } })).toMatchObject({ share: 0 });
  });

  it('names what it breaks', () => {
    const knapsack = { ...plan, ballot: { ...plan.ballot, type: 'knapsack' as const } };
    expect(() => vote(knapsack, { choices: ['prj-a', 'prj-b'] })).toThrow(/over-budget/);
    expect(() => vote(plan, { choices: ['prj-x'] })).toThrow(/ballot-invalid/);
    expect(() => vote(criteriaPlan, { answers: { yes: ['toString'], no: [] } })).toThrow(/ballot-invalid/);
  });
});

describe('a plan of a poll', () => {
  it.each<[string, Partial<PollPlan>]>([
    ['a criteria vote with approvals', { kind: 'criteria' }],
    ['no option', { options: [] }],
    ['no budget', { budget: null }],
    ['an option without a cost', { options: [{ optionId: 'prj-a', cost: null }] }],
    ['another currency', { budget: { amount: 1, currency: 'SEK' } }],
    ['a maximum below the minimum', { ballot: { type: 'approval', minChoices: 3, maxChoices: 2 } }],
  ])('is refused with %s', (_, part) => {
    expect(() => pollFrom('pol-1', { ...plan, ...part })).toThrow(/poll-invalid/);
  });

  it('asks for no more choices than there are options', () => {
    const wide = { ...plan, ballot: { ...plan.ballot, minChoices: 5, maxChoices: 9 } };
    expect(rules(wide).minChoices).toBe(3);
  });
});
