/** One step of a computation, for people to follow: `S = 0.6 × 0.5 + 0.1` with value `0.4`. */
export interface Line {
  readonly label: string;
  readonly expression: string;
  readonly value: string;
}

export function lineText({ label, expression, value }: Line): string {
  return expression === '' || expression === value
    ? `${label}: ${value}`
    : `${label}: ${expression} = ${value}`;
}

/** A number for people, to six decimals: computations go on with the number itself. */
export function rounded(value: number): string {
  return Math.abs(value) < 1e15 ? String(Number(value.toFixed(6)) + 0) : String(value);
}
