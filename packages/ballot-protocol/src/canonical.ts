import { equalBytes } from '@noble/curves/utils.js';
import canonicalize from 'canonicalize';
import { CanonicalError } from './canonical.errors.ts';

/** The RFC 8785 form of a JSON value, in UTF-8. */
export function canonicalJson(value: unknown): Uint8Array<ArrayBuffer> {
  const text = canonicalize(value);
  if (text === undefined) throw new CanonicalError('not a JSON value');
  return new TextEncoder().encode(text);
}

/**
 * The JSON value that the bytes say, provided that they say it in its canonical form: no other bytes have the
 * same meaning, so that a hash of them fixes the value and the value fixes the hash.
 * @throws CanonicalError for anything else
 */
export function parseCanonical(bytes: Uint8Array): unknown {
  let value: unknown;
  let canonical: Uint8Array;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
    canonical = canonicalJson(value);
  } catch (error) {
    throw new CanonicalError('not JSON in UTF-8', { cause: error });
  }
  if (!equalBytes(canonical, bytes)) throw new CanonicalError('not in canonical form');
  return value;
}
