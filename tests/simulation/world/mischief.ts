/** How much people and banks may still do otherwise than they should: a run must come to an end. */
export interface Mischief {
  /** True while some is left; takes one of it. */
  isLeft(): boolean;
}

export function mischiefOf(number: number): Mischief {
  let left = number;
  return { isLeft: () => left-- > 0 };
}
