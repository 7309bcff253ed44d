/** Bytes that are not the RFC 8785 form, in UTF-8, of any JSON value. */
export class CanonicalError extends Error {
  override readonly name = 'CanonicalError';
  readonly code = 'not-canonical';
}
