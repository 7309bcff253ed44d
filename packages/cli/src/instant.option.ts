import { InvalidArgumentError } from 'commander';

/** With its offset: nobody has to guess whose clock is meant. */
export function instantFrom(text: string): string {
  if (/T.*(Z|[+-]\d\d:\d\d)$/.test(text) && !Number.isNaN(Date.parse(text)))
    return new Date(text).toISOString();
  throw new InvalidArgumentError('An instant with its offset from UTC, such as 2027-05-26T16:00:00+03:00.');
}
