import { DomainError } from './domain.error.ts';

/**
 * The fields of a query string or form as an object of strings.
 * @throws DomainError `invalid-request` on bad percent-encoding, a repeated field, NUL or `__proto__`.
 */
export function fieldsOf(encoded: string, part: string): Record<string, string> {
  const fields = new Map<string, string>();
  for (const pair of encoded.split('&')) {
    if (pair === '') continue;
    const cut = pair.indexOf('=');
    const name = decode(cut < 0 ? pair : pair.slice(0, cut), part);
    if (fields.has(name)) throw refuse(part, name, 'Given twice');
    if (name === '__proto__') throw refuse(part, name, 'Unknown field');
    fields.set(name, cut < 0 ? '' : decode(pair.slice(cut + 1), part));
  }
  return Object.fromEntries(fields);
}

/** The part of the address after the question mark, still encoded. */
export function queryTextOf(url: string): string {
  const cut = url.indexOf('?');
  return cut < 0 ? '' : url.slice(cut + 1);
}

/** @throws DomainError `invalid-request` when a path parameter holds a NUL character. */
export function requirePlainParams(params: Record<string, string>): void {
  for (const [name, value] of Object.entries(params)) {
    if (value.includes('\u0000')) throw refuse('params', name, 'NUL is not allowed');
  }
}

function decode(text: string, part: string): string {
  try {
    const value = decodeURIComponent(text.replaceAll('+', ' '));
    if (!value.includes('\u0000')) return value;
  } catch {
    // Bad percent-encoding or bad UTF-8 within it.
  }
  throw new DomainError('invalid-request', undefined, [{ at: part, message: 'Badly encoded' }]);
}

function refuse(part: string, name: string, message: string): DomainError {
  return new DomainError('invalid-request', undefined, [{ at: `${part}.${name.slice(0, 100)}`, message }]);
}
