import type { Page } from '@talkoot/api-contracts';
import type { Command } from 'commander';
import { randomUUID } from 'node:crypto';
import { tell } from '../terminal.ts';
import { everyPage, placeOfPayments, refusingPlainly } from './payments.place.ts';
import type { PaymentsOptions, PaymentsPlace } from './payments.place.ts';

/** What commander hands to an action: the words of the command, its options, and the command itself. */
type Given<Words extends readonly unknown[], O> = [...words: Words, options: O, command: Command];

function partsOf<Words extends readonly unknown[], O>(given: Given<Words, O>): { words: Words; options: O } {
  const [options] = given.slice(-2) as [O, Command];
  return { words: given.slice(0, -2) as readonly unknown[] as Words, options };
}

/**
 * The action of a command that asks the payments service for one thing, and tells the answer. The words of the command follow its
 * options.
 */
export function telling<
  T,
  Words extends readonly unknown[] = [],
  O extends PaymentsOptions = PaymentsOptions,
>(
  ask: (place: PaymentsPlace, options: O, ...words: Words) => Promise<T>,
  lines: (answer: T, options: O) => readonly string[],
): (...given: Given<Words, O>) => Promise<void> {
  return (...given) =>
    refusingPlainly(async () => {
      const { words, options } = partsOf<Words, O>(given);
      const answer = await ask(await placeOfPayments(options), options, ...words);
      tell(options, answer, lines(answer, options));
    });
}

/** The action of a command that prints a list, page after page: lines for people, with `--json` one object a line. */
export function listing<
  T,
  Words extends readonly unknown[] = [],
  O extends PaymentsOptions = PaymentsOptions,
>(
  page: (place: PaymentsPlace, after: { after?: string }, options: O, ...words: Words) => Promise<Page<T>>,
  lines: (one: T) => readonly string[],
  none: string,
): (...given: Given<Words, O>) => Promise<void> {
  return (...given) =>
    refusingPlainly(async () => {
      const { words, options } = partsOf<Words, O>(given);
      const place = await placeOfPayments(options);
      let found = false;
      for await (const one of everyPage((after) => page(place, after, options, ...words))) {
        found = true;
        process.stdout.write(`${options.json ? JSON.stringify(one) : lines(one).join('\n')}\n`);
      }
      if (!found && !options.json) process.stdout.write(`${none}\n`);
    });
}

/** The key of one act: a new one for each command, as each is typed by somebody who means it. */
export const once = (): { idempotencyKey: string } => ({ idempotencyKey: randomUUID() });

/** Those of some values that were given, for a query that takes no empty ones. */
export function given<T extends Readonly<Record<string, unknown>>>(
  values: T,
): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const some = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(some) as { [K in keyof T]?: Exclude<T[K], undefined> };
}
