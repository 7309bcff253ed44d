import { ImpactError } from '../impact.errors.ts';
import { AffinePlane } from './affine.plane.ts';
import { dot, norm } from './least.squares.ts';

type Point = readonly number[];

export interface NearestWeights {
  /** One for each point, none below zero, together 1. */
  readonly weights: readonly number[];
  /** Whether no other weights come as near. */
  readonly unique: boolean;
}

/** As shares of the largest distance: what counts as no distance, and as lying in the same plane. */
const NOTHING = 1e-12;
const IN_PLANE = 1e-9;
const ROUNDING = 1e-14;

/**
 * The weights on the simplex that bring Σ wᵢ pᵢ nearest to the target: the quadratic programme
 * min ‖Σ wᵢ pᵢ − target‖² with w ≥ 0 and Σ w = 1, solved to its end by P. Wolfe's active set (Finding the
 * nearest point in a polytope, Mathematical Programming 11, 1976). It solves only for affinely independent
 * points, so it takes more points than dimensions.
 * @throws ImpactError `number-not-finite`; `not-converged`, should rounding keep it from ending
 */
export function nearestWeights(points: readonly Point[], target: Point): NearestWeights {
  const shifted = points.map((point) => point.map((value, at) => value - target[at]!));
  const largest = Math.max(...shifted.map(norm));
  if (!Number.isFinite(largest)) throw new ImpactError('number-not-finite', 'the readings are too far apart');
  const scaled = largest === 0 ? shifted : shifted.map((point) => point.map((value) => value / largest));
  const carried = nearestCorral(scaled);
  const sum = carried.reduce((all, { weight }) => all + weight, 0);
  const weights = points.map(() => 0);
  for (const { at, weight } of carried) weights[at] = weight / sum;
  return { weights, unique: isIndependent(faceAt(scaled, placeOf(scaled, carried))) };
}

/** A point that carries weight. */
interface Carried {
  readonly at: number;
  readonly weight: number;
}

function nearestCorral(points: readonly Point[]): readonly Carried[] {
  const lengths = points.map(norm);
  const first = lengths.indexOf(Math.min(...lengths));
  const plane = new AffinePlane(points[first]!);
  let corral: readonly Carried[] = [{ at: first, weight: 1 }];
  // Where only rounding is left a point may be wanted that is carried already, or a few join without coming nearer;
  // but none are exchanged for ever.
  let [nearest, idle] = [Infinity, 0];
  const mostIdle = points[0]!.length + 1;
  const most = 100 + 20 * points.length;
  for (let step = 0; step < most; step += 1) {
    const here = placeOf(points, corral);
    const distance = norm(here);
    const next = furthestBeyond(points, here);
    idle = distance < nearest * (1 - ROUNDING) ? 0 : idle + 1;
    nearest = Math.min(nearest, distance);
    if (next === null || idle > mostIdle || !plane.add(points[next]!)) return corral;
    const moved = settled(points, plane, [...corral, { at: next, weight: 0 }]);
    if (norm(placeOf(points, moved)) > distance * (1 + ROUNDING)) return corral;
    corral = moved;
  }
  throw unsettled();
}

function placeOf(points: readonly Point[], corral: readonly Carried[]): number[] {
  const place = new Array<number>(points[0]!.length).fill(0);
  for (const { at, weight } of corral) {
    const point = points[at]!;
    for (let dimension = 0; dimension < place.length; dimension += 1)
      place[dimension]! += weight * point[dimension]!;
  }
  return place;
}

/** The point furthest on the near side of the plane through here that faces the target; none where here is nearest. */
function furthestBeyond(points: readonly Point[], here: Point): number | null {
  const distance = norm(here);
  if (distance <= NOTHING) return null;
  const along = points.map((point) => dot(here, point));
  const least = Math.min(...along);
  return distance ** 2 - least <= NOTHING * distance ? null : along.indexOf(least);
}

/** Goes towards the nearest point of the plane of the corral; who would fall below zero on the way leaves. */
function settled(
  points: readonly Point[],
  plane: AffinePlane,
  corral: readonly Carried[],
): readonly Carried[] {
  const wanted = plane.nearest();
  const falling = corral.flatMap(({ weight }, index) =>
    wanted[index]! <= NOTHING ? [{ weight, to: wanted[index]! }] : [],
  );
  if (falling.length === 0) return corral.map(({ at }, index) => ({ at, weight: wanted[index]! }));
  const step = Math.min(...falling.map(({ weight, to }) => (weight > to ? weight / (weight - to) : 0)));
  const moved = corral.map(({ at, weight }, index) => ({
    at,
    weight: step * wanted[index]! + (1 - step) * weight,
  }));
  const smallest = Math.min(...moved.map(({ weight }) => weight));
  const staying = moved.filter(({ weight }) => weight > Math.max(NOTHING, smallest));
  if (!plane.keep(staying.map(({ at }) => points[at]!))) throw unsettled();
  return settled(points, plane, staying);
}

const unsettled = () => new ImpactError('not-converged', 'the weights of the comparison units do not settle');

/** The points of the face in which the nearest point lies: all of them where that is the target itself. */
function faceAt(points: readonly Point[], here: Point): readonly Point[] {
  const distance = norm(here);
  if (distance <= IN_PLANE) return points;
  return points.filter((point) => dot(here, point) - distance ** 2 <= IN_PLANE * distance);
}

function isIndependent([first, ...others]: readonly Point[]): boolean {
  if (first === undefined) return true;
  const plane = new AffinePlane(first);
  return others.every((point) => plane.add(point));
}
