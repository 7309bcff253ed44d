import { iterator, parse } from '@humanwhocodes/momoa';
import type { AnyNode, ObjectNode } from '@humanwhocodes/momoa';
import { OutcomeError } from '@talkoot/impact/outcome';

type Malformed = 'terms-malformed' | 'results-malformed';

/**
 * A signed document as data. Of a key that is stated twice, readers take one or the other: what was signed would hang
 * on the reader, so it is refused. Mistakes are told by line and column.
 * @throws OutcomeError `key-repeated`, or the given code
 */
export function readSignedJson(bytes: Uint8Array, code: Malformed): unknown {
  const text = textOf(bytes, code);
  const tree = treeOf(text, code);
  for (const { node, phase } of iterator(tree))
    if (phase === 'enter' && isObject(node as AnyNode)) requireDistinct(node as ObjectNode);
  return JSON.parse(text);
}

function textOf(bytes: Uint8Array, code: Malformed): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new OutcomeError(code, 'this is not UTF-8 text');
  }
}

function treeOf(text: string, code: Malformed) {
  try {
    JSON.parse(text);
    return parse(text, { mode: 'json' });
  } catch (error) {
    throw new OutcomeError(code, `this is not JSON: ${mistakeOf(text, error)}`);
  }
}

/** Only the stricter of the two parsers may have refused it; ours tells the place. */
function mistakeOf(text: string, refused: unknown): string {
  if (refused instanceof RangeError) return 'it is nested too deeply';
  try {
    parse(text, { mode: 'json' });
    return 'it cannot be read';
  } catch (error) {
    if (error instanceof RangeError) return 'it is nested too deeply';
    return placed(error as Error & { readonly line?: number; readonly column?: number });
  }
}

function placed({ message, line, column }: Error & { readonly line?: number; readonly column?: number }) {
  const told = message.replace(/ \(\d+:\d+\)$/, '').replaceAll(/\p{Cc}+/gu, ' ');
  return line === undefined ? told : `line ${line}, column ${column}: ${told}`;
}

const isObject = ({ type }: AnyNode): boolean => type === 'Object';

function requireDistinct({ members }: ObjectNode): void {
  const seen = new Set<string>();
  for (const { name } of members) {
    const key = name.type === 'String' ? name.value : name.name;
    if (seen.has(key)) throw new OutcomeError('key-repeated', repeatedText(key, name.loc.start));
    seen.add(key);
  }
}

function repeatedText(key: string, { line, column }: { readonly line: number; readonly column: number }) {
  const shown = key.slice(0, 64).replaceAll(/\p{Cc}+/gu, ' ');
  return `line ${line}, column ${column}: ${shown} is stated twice`;
}
