import { dot, norm } from './least.squares.ts';

type Point = readonly number[];

/** An edge this near to the plane of those before it, as a share of its length, adds nothing. */
const DEPENDENT = 1e-10;

/**
 * The plane through affinely independent points, which joins and leaves one point at a time: each edge from the first point as a
 * sum of orthonormal directions (Gram and Schmidt, each direction made orthogonal twice, which is as good as Householder: L. Giraud,
 * J. Langou, M. Rozložník, J. van den Eshof, Numerische Mathematik 101, 2005). What does not change is not computed again.
 */
export class AffinePlane {
  readonly #points: Point[];
  readonly #directions: Float64Array[] = [];
  /** For each edge its share of each direction up to its own. */
  readonly #shares: Float64Array[] = [];
  /** How far the first point lies from the origin along each direction. */
  readonly #offsets: number[] = [];

  constructor(first: Point) {
    this.#points = [first];
  }

  /** False, and the plane stays as it is, where the point lies in it already. */
  add(point: Point): boolean {
    const first = this.#points[0]!;
    const rest = Float64Array.from(point, (value, at) => value - first[at]!);
    const length = norm(rest);
    const count = this.#directions.length;
    const shares = new Float64Array(count + 1);
    for (let pass = 0; pass < 2; pass += 1) {
      for (let at = 0; at < count; at += 1) shares[at]! += takeOff(rest, this.#directions[at]!);
    }
    const left = norm(rest);
    if (count >= rest.length || left <= DEPENDENT * length) return false;
    shares[count] = left;
    for (let at = 0; at < rest.length; at += 1) rest[at]! /= left;
    this.#points.push(point);
    this.#directions.push(rest);
    this.#shares.push(shares);
    this.#offsets.push(dot(rest, first));
    return true;
  }

  /** Keeps these of its points, in their order. False where rounding makes them look dependent. */
  keep(points: readonly Point[]): boolean {
    let same = 0;
    while (same < points.length && points[same] === this.#points[same]) same += 1;
    this.#points.length = Math.max(1, same);
    const edges = this.#points.length - 1;
    for (const list of [this.#directions, this.#shares, this.#offsets]) list.length = edges;
    if (same === 0) this.#points[0] = points[0]!;
    return points.slice(this.#points.length).every((point) => this.add(point));
  }

  /** Weights of its points, of any sign and together 1, that make up its point nearest to the origin. */
  nearest(): number[] {
    const edges = this.#directions.length;
    const weights = new Array<number>(edges + 1).fill(0);
    let sum = 0;
    for (let at = edges - 1; at >= 0; at -= 1) {
      let wanted = -this.#offsets[at]!;
      for (let later = at + 1; later < edges; later += 1)
        wanted -= this.#shares[later]![at]! * weights[later + 1]!;
      weights[at + 1] = wanted / this.#shares[at]![at]!;
      sum += weights[at + 1]!;
    }
    weights[0] = 1 - sum;
    return weights;
  }
}

/** Takes what lies along the direction off the vector, and says how much that was. */
function takeOff(vector: Float64Array, direction: Float64Array): number {
  const share = dot(vector, direction);
  for (let at = 0; at < vector.length; at += 1) vector[at]! -= share * direction[at]!;
  return share;
}
