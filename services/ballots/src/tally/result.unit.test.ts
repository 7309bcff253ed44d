import type { Allocation } from '@talkoot/allocation';
import type { Ballot, BindingManifest } from '@talkoot/ballot-protocol';
import { countedVotes, countLeaves, DecidingLeaves } from '@talkoot/ballot-protocol/counting';
import { encodeBallot, readManifest } from '@talkoot/ballot-protocol';
import { parsePabulib } from '@talkoot/allocation';
import { sha256Of } from '@talkoot/http-service';
import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { explain, moneyText } from '../allocation/explanation.ts';
import { bonusPlan, criteriaPlan, plan, testIssuers } from '../ballots.fixture.ts';
import type { TestIssuer } from '../ballots.fixture.ts';
import { partsOf } from '../poll/manifest.fixture.ts';
import { manifestOf } from '../poll/manifest.ts';
import { pollFrom } from '../poll/poll.ts';
import type { PollPlan } from '../poll/poll.ts';
import { csvOf, pabulibOf } from './ballots.export.ts';
import { resultOf, resultWithout } from './result.ts';

let issuers: readonly [TestIssuer, TestIssuer];
beforeAll(async () => {
  issuers = await testIssuers(2);
});

const pollOf = (asked: PollPlan) => ({
  ...pollFrom('pol-1', asked),
  roll: 1000,
  issuers: issuers.map(({ roll }) => roll),
});
const bindingFor = (asked: PollPlan) =>
  readManifest(Buffer.from(manifestOf(pollOf(asked), partsOf(issuers))));

/** Ballots that each voter cast once. */
function leavesOf({ manifest }: BindingManifest, ballots: readonly Ballot[]) {
  const deciding = new DecidingLeaves(manifest.ballot.length);
  for (const [place, ballot] of ballots.entries()) {
    const publicKey = createHash('sha256').update(`voter ${place}`).digest();
    const plaintext = encodeBallot(manifest, ballot);
    deciding.take(publicKey, { sequence: 1, hash: publicKey, plaintext });
  }
  return deciding;
}
function resultOfAll(asked: PollPlan, ballots: readonly Ballot[]) {
  const binding = bindingFor(asked);
  return resultOf(pollOf(asked), countLeaves(binding, leavesOf(binding, ballots), [null, null]));
}

const approvals = fc.array(
  fc
    .subarray([0, 1, 2], { maxLength: 2 })
    .map((places): Ballot => ({ type: 'approval', places: places.toSorted((a, b) => a - b) })),
);
const points: PollPlan = {
  ...plan,
  ballot: { type: 'points', minChoices: 0, maxChoices: 3, points: 9 },
};

describe('a result', () => {
  it('is the same to the last byte in any order of the ballots', () => {
    const shuffled = approvals.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([a, b]) => {
        expect(resultOfAll(plan, a)).toEqual(resultOfAll(plan, b));
      }),
    );
  });

  it('adds up: every choice is a vote, nothing is funded above the budget, every project is explained', () => {
    fc.assert(
      fc.property(approvals, (all) => {
        const { options, allocation, ballots, blank } = resultOfAll(plan, all);
        const cast = all.reduce((sum, one) => sum + ('places' in one ? one.places.length : 0), 0);
        expect(options.reduce((sum, { yes }) => sum + yes, 0)).toBe(cast);
        expect(ballots - blank).toBe(all.filter((one) => 'places' in one && one.places.length > 0).length);
        expect(allocation!.cost.amount).toBeLessThanOrEqual(plan.budget!.amount);
        expect(allocation!.explanations).toHaveLength(3);
      }),
    );
  });

  it('is hashed with its outcome: another outcome is another result', () => {
    const { sha256, ...rest } = resultOfAll(plan, []);
    expect(sha256).toBe(sha256Of(rest));
    const empty = (['withheld', 'not-held', 'annulled'] as const).map((outcome) =>
      resultWithout(pollOf(plan), outcome),
    );
    expect(new Set([sha256, ...empty.map((one) => one.sha256)]).size).toBe(4);
    expect(empty.map(({ outcome }) => outcome)).toEqual(['withheld', 'not-held', 'annulled']);
  });

  it('without a count names every option and no number', () => {
    expect(resultWithout(pollOf(criteriaPlan), 'withheld')).toMatchObject({
      ballots: 0,
      blank: 0,
      rejected: 0,
      options: [
        { optionId: 'crt-1', yes: 0, no: 0 },
        { optionId: 'crt-2', yes: 0, no: 0 },
      ],
      shares: [],
      allocation: null,
    });
  });

  it('keeps blank shares out of the histogram', () => {
    const answers = [null, null];
    const result = resultOfAll(bonusPlan, [
      { type: 'bonus', answers, share: 30 },
      { type: 'bonus', answers, share: null },
      { type: 'bonus', answers: [null, 'yes'], share: 30 },
    ]);
    expect(result).toMatchObject({ ballots: 3, blank: 1, shares: [{ percent: 30, ballots: 2 }] });
  });

  it('funds nothing without ballots, and says so', () => {
    const { allocation } = resultOfAll(plan, []);
    expect(allocation).toMatchObject({ selected: [], cost: { amount: 0 } });
    expect(allocation!.explanations.every((one) => one.reasonCode === 'no-ballots')).toBe(true);
  });

  it('tells of points what was given and by how many', () => {
    const result = resultOfAll(points, [
      {
        type: 'points',
        points: [
          { place: 0, points: 4 },
          { place: 2, points: 5 },
        ],
      },
      { type: 'points', points: [{ place: 2, points: 1 }] },
    ]);
    expect(result.options).toEqual([
      { optionId: 'prj-a', yes: 1, no: 0, points: 4 },
      { optionId: 'prj-b', yes: 0, no: 0, points: 0 },
      { optionId: 'prj-c', yes: 2, no: 0, points: 6 },
    ]);
    expect(result.allocation!.explanations[0]!.explanation).toContain('6 points from 2 voters');
  });
});

describe('an explanation', () => {
  const about = { projectId: 'prj-a', votes: 1, cost: 6000, funded: false } as const;
  const reasons: readonly [Partial<Allocation['explanations'][number]>, RegExp][] = [
    [{ reason: 'funded', available: 9000, funded: true }, /^Funded\. It had 1 vote; .*90\.00 EUR was left/],
    [{ reason: 'does-not-fit', available: 5000, shortfall: 1000 }, /10\.00 EUR too little/],
    [
      { reason: 'funded-by-supporters', price: 3000, points: 4, funded: true },
      /4 points from 1 voter.*30\.00 EUR for each point/,
    ],
    [{ reason: 'supporters-short', available: 5000, shortfall: 1000 }, /equal shares left together/],
    [{ reason: 'conflict', conflictsWith: 'prj-b' }, /prj-b was funded/],
    [{ reason: 'no-votes' }, /Nobody voted/],
  ];
  it.each(reasons)('of %j is in words for everybody', (part, words) => {
    expect(explain({ ...about, ...part } as never, 'EUR')).toMatch(words);
  });

  it('writes amounts in the decimals of their currency', () => {
    expect(moneyText({ amount: 1_234_505, currency: 'EUR' })).toBe('12,345.05 EUR');
    expect(moneyText({ amount: 1234, currency: 'JPY' })).toBe('1,234 JPY');
  });
});

describe('an export', () => {
  const byHash = (asked: PollPlan, ballots: readonly Ballot[]) => {
    const binding = bindingFor(asked);
    const votes = [...countedVotes(binding.manifest, leavesOf(binding, ballots))];
    return votes.toSorted((a, b) => Buffer.compare(a.hash, b.hash));
  };
  const given: Ballot[] = [
    {
      type: 'points',
      points: [
        { place: 0, points: 4 },
        { place: 2, points: 5 },
      ],
    },
    { type: 'points', points: [] },
  ];

  it('as a Pabulib file has budget, costs, points and what was funded', () => {
    const file = parsePabulib(pabulibOf(pollOf(points), ['prj-c'], byHash(points, given)));
    expect(file.meta).toMatchObject({ budget: 100, rule: 'greedy', currency: 'EUR', voteType: 'cumulative' });
    expect(file.projects.map(({ id, cost, selected }) => [id, cost, selected])).toEqual([
      ['prj-a', 60, false],
      ['prj-b', 50, false],
      ['prj-c', 40, true],
    ]);
    expect(file.votes).toHaveLength(2);
  });

  it('as CSV has a line for each ballot, in the order of the hashes', () => {
    const lines = [...csvOf(pollOf(points), byHash(points, given))];
    expect(lines[0]).toBe('leaf,yes,no,points,share\n');
    expect(lines.slice(1)).toEqual(lines.slice(1).toSorted());
    expect(
      lines
        .slice(1)
        .map((line) => line.slice(64))
        .toSorted(),
    ).toEqual([',,,,\n', ',prj-a prj-c,,4 5,\n']);
    const yesNo = csvOf(
      pollOf(bonusPlan),
      byHash(bonusPlan, [{ type: 'bonus', answers: ['no', 'yes'], share: 7 }]),
    );
    expect([...yesNo][1]!.slice(64)).toBe(',crt-2,crt-1,,7\n');
  });
});
