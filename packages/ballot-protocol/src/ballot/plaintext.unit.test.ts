import * as fc from 'fast-check';
import { concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { describe, expect, test } from 'vitest';
import { approval } from '../poll.fixture.ts';
import { ballotLength } from './ballot.length.ts';
import { isBlank } from './ballot.ts';
import type { Ballot, BallotContext } from './ballot.ts';
import { decodeBallot, encodeBallot } from './plaintext.ts';

type Rules = Parameters<typeof ballotLength>[0];

function contextOf(rules: Rules, budget = 1000): BallotContext {
  const ballot = { ...rules, length: ballotLength(rules) } as BallotContext['ballot'];
  return { ballot, allocation: { rule: 'greedy', budget } };
}

const five = [100, 200, 300, 400, 500].map((cost) => ({ id: `option ${cost}`, cost }));
const approvals = contextOf({ ...approval, options: five, minChoices: 2, maxChoices: 4 } as Rules);
const knapsack = contextOf({ type: 'knapsack', options: five, minChoices: 0, maxChoices: 5 });
const points = contextOf({ type: 'points', options: five, minChoices: 2, maxChoices: 3, points: 10 });
const yesNo = contextOf({ type: 'yes-no', options: five.map(({ id }) => ({ id })) });
const bonus = contextOf({ type: 'bonus', options: five.slice(3).map(({ id }) => ({ id })) });

/** The plaintext that these bytes begin, filled up with zeros. */
function padded({ ballot }: BallotContext, hex: string): Uint8Array {
  const bytes = hexToBytes(hex.replaceAll(' ', ''));
  return concatBytes(bytes, new Uint8Array(ballot.length - bytes.length));
}

test.each([
  ['approvals', approvals, { type: 'approval', places: [0, 4] }, '0002 0000 0004 0000 0000'],
  ['a blank approval', approvals, { type: 'approval', places: [] }, '0000 0000 0000 0000 0000'],
  ['a knapsack', knapsack, { type: 'knapsack', places: [4] }, '0001 0004 0000 0000 0000 0000'],
  [
    'points',
    points,
    {
      type: 'points',
      points: [
        { place: 1, points: 3 },
        { place: 3, points: 7 },
      ],
    },
    '0002 0001 00000003 0003 00000007 0000 00000000',
  ],
  ['answers', yesNo, { type: 'yes-no', answers: ['yes', 'no', null, 'no', null] }, '01 02 00 02 00'],
  ['a bonus', bonus, { type: 'bonus', answers: ['no', 'yes'], share: 40 }, '02 01 28'],
  ['no share', bonus, { type: 'bonus', answers: [null, 'yes'], share: null }, '00 01 ff'],
] as [string, BallotContext, Ballot, string][])('%s are written byte for byte', (_, context, ballot, hex) => {
  const plaintext = hexToBytes(hex.replaceAll(' ', ''));
  expect(encodeBallot(context, ballot)).toEqual(plaintext);
  expect(decodeBallot(context, plaintext)).toEqual({ ballot });
});

test.each([
  ['not-opened', approvals, undefined],
  ['malformed', approvals, new Uint8Array(0)],
  ['malformed', approvals, new Uint8Array(11)],
  ['malformed', approvals, padded(approvals, '0002 0001 0001')],
  ['malformed', approvals, padded(approvals, '0002 0003 0001')],
  ['malformed', approvals, padded(approvals, '0002 0001 0003 0001')],
  ['malformed', approvals, padded(approvals, '0002 0003 0000')],
  ['malformed', approvals, padded(approvals, '0003 0009 0000')],
  ['malformed', points, padded(points, '0002 0001 00000003 0003 00000000')],
  ['malformed', points, padded(points, '0002 0003 00000003 0001 00000001')],
  ['malformed', yesNo, padded(yesNo, '03')],
  ['malformed', bonus, padded(bonus, '03 00 05')],
  ['malformed', bonus, padded(bonus, '01 01 65')],
  ['malformed', bonus, padded(bonus, '01 01 fe')],
  ['unknown-option', approvals, padded(approvals, '0002 0001 0005')],
  ['unknown-option', approvals, padded(approvals, '0001 ffff')],
  ['unknown-option', points, padded(points, '0002 0001 ffffffff 0005 00000001')],
  ['too-few-choices', approvals, padded(approvals, '0001 0001')],
  ['too-few-choices', points, padded(points, '0001 0001 000000ff')],
  ['too-many-choices', approvals, padded(approvals, '0005 0001 0002 0003 0004')],
  ['too-many-choices', approvals, padded(approvals, 'ffff ffff')],
  ['too-many-choices', knapsack, padded(knapsack, '0006')],
  ['over-budget', knapsack, padded(knapsack, '0003 0002 0003 0004')],
  ['points-total', points, padded(points, '0002 0001 00000003 0003 00000008')],
  ['points-total', points, padded(points, '0002 0001 ffffffff 0003 ffffffff')],
] as const)('rejects as %s: case %#', (rejection, context, plaintext) => {
  expect(decodeBallot(context, plaintext)).toEqual({ rejection });
});

test('a knapsack that costs exactly the budget is valid, also beyond exact floating point', () => {
  const huge = Number.MAX_SAFE_INTEGER;
  const options = [
    { id: 'a', cost: huge },
    { id: 'b', cost: 1 },
    { id: 'c', cost: 1 },
  ];
  const context = contextOf({ type: 'knapsack', options, minChoices: 0, maxChoices: 3 }, huge);
  expect(decodeBallot(context, padded(context, '0001 0000'))).toHaveProperty('ballot');
  expect(decodeBallot(context, padded(context, '0002 0000 0001'))).toEqual({ rejection: 'over-budget' });
  expect(decodeBallot(context, padded(context, '0003 0000 0001 0002'))).toEqual({ rejection: 'over-budget' });
});

test('the device does not encode what would be rejected', () => {
  const refused: [BallotContext, Ballot, string][] = [
    [approvals, { type: 'approval', places: [1] }, 'too-few-choices'],
    [approvals, { type: 'approval', places: [0, 1, 2, 3, 4] }, 'too-many-choices'],
    [approvals, { type: 'approval', places: [1, 0] }, 'malformed'],
    [approvals, { type: 'approval', places: [0, 9] }, 'unknown-option'],
    [approvals, { type: 'approval', places: [0, 65536 + 1] }, 'malformed'],
    [approvals, { type: 'knapsack', places: [0, 1] }, 'malformed'],
    [approvals, { type: 'approval', places: [0, 0.5] }, 'malformed'],
    [
      points,
      {
        type: 'points',
        points: [
          { place: 0, points: 2 ** 32 + 1 },
          { place: 1, points: 1 },
        ],
      },
      'malformed',
    ],
    [yesNo, { type: 'yes-no', answers: ['yes'] }, 'malformed'],
    [yesNo, { type: 'yes-no', answers: [null, null, null, null, null, 'yes'] }, 'malformed'],
    [bonus, { type: 'bonus', answers: ['no', 'yes'], share: 101 }, 'malformed'],
    [bonus, { type: 'bonus', answers: ['no', 'yes'], share: 255 }, 'malformed'],
    [bonus, { type: 'bonus', answers: ['no', 'yes'], share: 256 + 40 }, 'malformed'],
  ];
  for (const [context, ballot, code] of refused) {
    expect(() => encodeBallot(context, ballot)).toThrow(expect.objectContaining({ code }));
  }
});

test('a ballot is blank when it says nothing', () => {
  expect(isBlank({ type: 'approval', places: [] })).toBe(true);
  expect(isBlank({ type: 'points', points: [] })).toBe(true);
  expect(isBlank({ type: 'yes-no', answers: [null, null] })).toBe(true);
  expect(isBlank({ type: 'bonus', answers: [null], share: null })).toBe(true);
  expect(isBlank({ type: 'bonus', answers: [null], share: 0 })).toBe(false);
  expect(isBlank({ type: 'yes-no', answers: [null, 'no'] })).toBe(false);
});

describe('whatever the bytes', () => {
  const contexts = [approvals, knapsack, points, yesNo, bonus];
  test.each(contexts)(
    'decoding never throws, and what it accepts has one encoding only: $ballot.type',
    (context) => {
      const { length } = context.ballot;
      const small = fc.array(fc.constantFrom(0, 0, 0, 1, 2, 3, 4, 255), {
        minLength: length,
        maxLength: length,
      });
      const any = fc.uint8Array({ minLength: 0, maxLength: length + 2 });
      fc.assert(
        fc.property(
          fc.oneof(
            small.map((bytes) => Uint8Array.from(bytes)),
            any,
          ),
          (plaintext) => {
            const decoded = decodeBallot(context, plaintext);
            if ('ballot' in decoded) expect(encodeBallot(context, decoded.ballot)).toEqual(plaintext);
            else expect(decoded.rejection).toMatch(/^[a-z-]+$/);
          },
        ),
        { numRuns: 2000 },
      );
    },
  );
});
