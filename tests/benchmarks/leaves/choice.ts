/** What voter number so-and-so approves of, among four options: places, ascending. */
export function choiceOf(voter: number): number[] {
  return [...new Set([voter % 4, (voter % 7) % 4])].toSorted((one, other) => one - other);
}
