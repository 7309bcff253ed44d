import type { z } from 'zod';

type Issue = z.core.$ZodIssue;
const mostMistakes = 20;

/** Every mistake by its place, for the person who wrote the document: `payments.2 (kemio).cap.amount: write "400"`. */
export function mistakesText(issues: readonly Issue[], json: unknown): string {
  const told = issues.map((issue) => `${placeOf(issue.path, json)}: ${mistakeText(issue, json)}`);
  return listed(told);
}

/** One line; a key of the document may stand in it, and it does not command a terminal. */
export function listed(mistakes: readonly string[]): string {
  const more = mistakes.length - mostMistakes;
  const some = more > 0 ? [...mistakes.slice(0, mostMistakes), `and ${more} more`] : mistakes;
  return some.join('; ').replaceAll(/\p{Cc}+/gu, ' ');
}

function placeOf(path: Issue['path'], json: unknown): string {
  const steps = path.map((key, index) => {
    const id = typeof key === 'number' ? idOf(at(json, path.slice(0, index + 1))) : null;
    return id === null ? String(key) : `${String(key)} (${id})`;
  });
  return steps.join('.') || 'the whole';
}

function idOf(item: unknown): string | null {
  const id = at(item, ['id']);
  return typeof id === 'string' && id !== '' ? shortened(id) : null;
}

function mistakeText(issue: Issue, json: unknown): string {
  const given = at(json, issue.path);
  if (given === undefined) return missingText(issue);
  if (issue.code === 'unrecognized_keys')
    return `there is no ${issue.keys.slice(0, 5).map(shortened).join(', ')} here`;
  if (issue.code === 'invalid_type') return typeText(issue.expected, given) ?? issue.message;
  return unionText(issue) ?? issue.message;
}

const inWords: Readonly<Partial<Record<string, string>>> = {
  array: 'a list in square brackets',
  object: 'an object in braces',
  record: 'an object in braces',
  string: 'text in quotes',
  boolean: 'true or false, without quotes',
};

function typeText(expected: string, given: unknown): string | null {
  if (expected === 'string' && typeof given === 'number') return `write "${given}"`;
  const word = inWords[expected];
  return word === undefined ? null : `write ${word}`;
}

/** What may stand where there is a choice. */
function unionText(issue: Issue): string | null {
  if (issue.code !== 'invalid_union') return null;
  if (issue.path.at(-1) === 'rounding') return `write ${roundings}`;
  const options = 'options' in issue && Array.isArray(issue.options) ? issue.options : [];
  return options.length > 0 ? oneOf(options) : null;
}

const oneOf = (values: readonly unknown[]): string =>
  `write one of ${values.map((value) => `"${String(value)}"`).join(', ')}`;

const roundings = '"none" or {places, mode}';

function missingText(issue: Issue): string {
  const choice = issue.code === 'invalid_value' ? oneOf(issue.values) : unionText(issue);
  return choice === null ? 'is missing' : `is missing; ${choice}`;
}

function at(json: unknown, path: readonly PropertyKey[]): unknown {
  let found = json;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<PropertyKey, unknown>)[key];
  }
  return found;
}

const shortened = (text: string): string => (text.length > 64 ? `${text.slice(0, 64)}…` : text);
