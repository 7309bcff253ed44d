import type { RouteSpec } from '@talkoot/api-contracts';
import type { Request } from 'express';
import { DomainError } from './domain.error.ts';
import { fieldsOf } from './query.ts';

const depthLimit = 40;

/** True when the request announces a body. */
export function hasBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

/**
 * Refuses a body of another content type than the route's before a byte of it is read. UTF-8 is the only charset.
 * @throws DomainError `unsupported-media-type`
 */
export function requireBodyType(request: Request, spec: RouteSpec): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters.map((one) => one.trim()).find((one) => one.startsWith('charset='));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  const fits =
    type.trim() === spec.bodyType || (spec.bodyType === 'application/xml' && type.trim() === 'text/xml');
  if (!fits || !isUtf8) throw new DomainError('unsupported-media-type', `Send ${spec.bodyType} in UTF-8`);
}

/**
 * The body as a value: octets, JSON, an object of a form's fields, or text.
 * @throws DomainError `malformed-body`
 */
export function readBody(bytes: Buffer, type: RouteSpec['bodyType']): unknown {
  if (type === 'application/octet-stream') return bytes;
  const text = decode(bytes);
  if (type === 'application/x-www-form-urlencoded') return fieldsOf(text, 'body');
  if (type !== 'application/json') return text;
  const value = parseJson(text);
  refuseUnsafe(value, 0);
  return value;
}

function decode(bytes: Buffer): string {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (text.includes('\u0000')) throw new DomainError('malformed-body', 'The body holds a NUL character');
    return text;
  } catch (error) {
    if (error instanceof DomainError) throw error;
    throw new DomainError('malformed-body', 'The body is not UTF-8');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DomainError('malformed-body');
  }
}

/** What JSON can say but no store or hash can keep: it would come back as something else. */
function refuseUnsafe(value: unknown, depth: number): void {
  if (depth > depthLimit)
    throw new DomainError('malformed-body', `The body is nested deeper than ${depthLimit}`);
  if (typeof value === 'string') requirePlainText(value);
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new DomainError('malformed-body', 'The body holds a number that is too large');
  }
  if (value === null || typeof value !== 'object') return;
  for (const [key, one] of Object.entries(value)) {
    if (key === '__proto__')
      throw new DomainError('malformed-body', 'The body holds a field named __proto__');
    requirePlainText(key);
    refuseUnsafe(one, depth + 1);
  }
}

function requirePlainText(text: string): void {
  if (!text.isWellFormed() || text.includes('\u0000')) {
    throw new DomainError('malformed-body', 'The body holds a NUL character or half a surrogate pair');
  }
}
