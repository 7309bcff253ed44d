import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dot } from './least.squares.ts';
import { nearestWeights } from './nearest.weights.ts';

/** Points and a target, whole numbers for exact ties and dependencies, or any numbers. */
function cloud(value: fc.Arbitrary<number>) {
  return fc.integer({ min: 1, max: 7 }).chain((dimensions) => {
    const point = fc.array(value, { minLength: dimensions, maxLength: dimensions });
    return fc.record({ points: fc.array(point, { minLength: 1, maxLength: 14 }), target: point });
  });
}
const whole = cloud(fc.integer({ min: -4, max: 4 }));
const broken = cloud(fc.double({ min: -1e6, max: 1e6, noNaN: true }));

/** How far the weights are from fulfilling the conditions of Karush, Kuhn and Tucker, in squared distances. */
function violation(
  points: readonly (readonly number[])[],
  target: readonly number[],
  weights: readonly number[],
) {
  const shifted = points.map((point) => point.map((value, at) => value - target[at]!));
  const here = target.map((_, at) => shifted.reduce((sum, point, j) => sum + weights[j]! * point[at]!, 0));
  const gradient = shifted.map((point) => dot(here, point));
  const least = Math.min(...gradient);
  const largest = Math.max(1e-300, ...shifted.map((point) => dot(point, point)));
  return Math.max(...gradient.map((slope, j) => (weights[j]! > 0 ? slope - least : 0))) / largest;
}

describe('the nearest weights', () => {
  it.each([
    ['whole numbers', whole],
    ['any numbers', broken],
  ])('fulfil the conditions of an optimum on the simplex: %s', (_, clouds) => {
    fc.assert(
      fc.property(clouds, ({ points, target }) => {
        const { weights } = nearestWeights(points, target);
        expect(weights.every((weight) => weight >= 0)).toBe(true);
        expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
        expect(violation(points, target, weights)).toBeLessThan(1e-10);
      }),
      { numRuns: 2_000 },
    );
  });

  it('take no point twice where rounding alone asks for it', () => {
    const points = [
      [5.334939890790078e-17, -0.0000036824030424929134],
      [0, 0],
    ];
    const target = [0, -2.3776369856134017e-7];
    const { weights } = nearestWeights(points, target);
    expect(weights[0]! + weights[1]!).toBeCloseTo(1, 12);
    expect(violation(points, target, weights)).toBeLessThan(1e-10);
  });

  it('find again what a mixture of independent points was mixed from', () => {
    const corners = [
      [0, 0, 0],
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ];
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 4, maxLength: 4 }), (shares) => {
        const sum = shares.reduce((a, b) => a + b, 0);
        fc.pre(sum > 0);
        const mixed = shares.map((share) => share / sum);
        const { weights, unique } = nearestWeights(corners, mixed.slice(1));
        for (const [at, weight] of weights.entries()) expect(weight).toBeCloseTo(mixed[at]!, 9);
        expect(unique).toBe(true);
      }),
    );
  });

  it('are told not to be unique where others come as near', () => {
    expect(nearestWeights([[0], [1], [3]], [2]).unique).toBe(false);
    expect(nearestWeights([[1], [1]], [2]).unique).toBe(false);
    expect(nearestWeights([[5], [5]], [5]).unique).toBe(false);
    expect(nearestWeights([[0], [3]], [2])).toEqual({
      weights: [expect.closeTo(1 / 3, 12), expect.closeTo(2 / 3, 12)],
      unique: true,
    });
    expect(nearestWeights([[0], [1], [3]], [4])).toEqual({ weights: [0, 0, 1], unique: true });
    const square = [0, 1, 2, 3].map((at) => [at % 2, at >> 1]);
    expect(nearestWeights(square, [0.5, 0.5]).unique).toBe(false);
    expect(nearestWeights(square, [0.5, 9]).unique).toBe(true);
  });

  it('refuse points that are too far apart for numbers', () => {
    expect(() => nearestWeights([[1e200], [-1e200]], [0])).toThrow(
      expect.objectContaining({ code: 'number-not-finite' }),
    );
  });
});
