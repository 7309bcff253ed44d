import { inverse, Matrix, QrDecomposition } from 'ml-matrix';

/** A column this near to the span of those before it, as a share of its length, adds nothing. */
const DEPENDENT = 1e-10;

export interface LeastSquares {
  readonly coefficients: readonly number[];
  /** (XᵀX)⁻¹: what the covariance of the coefficients is a multiple of. */
  readonly covariance: () => readonly (readonly number[])[];
}

/** Coefficients that bring the columns nearest to the target; null where more than one set of them does. */
export function leastSquares(
  columns: readonly (readonly number[])[],
  target: readonly number[],
): LeastSquares | null {
  const factors = independentFactors(columns);
  if (!factors) return null;
  return {
    coefficients: factors.solve(Matrix.columnVector([...target])).getColumn(0),
    covariance() {
      const root = inverse(factors.upperTriangularMatrix);
      return root.mmul(root.transpose()).to2DArray();
    },
  };
}

function independentFactors(columns: readonly (readonly number[])[]): QrDecomposition | null {
  if (columns.length > columns[0]!.length) return null;
  const factors = new QrDecomposition(new Matrix(columns.map((column) => [...column])).transpose());
  const spread = factors.upperTriangularMatrix.diagonal();
  const free = columns.every((column, at) => Math.abs(spread[at]!) > DEPENDENT * norm(column));
  return free ? factors : null;
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += a[at]! * b[at]!;
  return sum;
}

export function norm(a: ArrayLike<number>): number {
  return Math.sqrt(dot(a, a));
}
