export { canonicalJson, parseCanonical } from './canonical.ts';
export { CanonicalError } from './canonical.errors.ts';
