export { certificateVerifier } from './certificate.ts';
export type { CertificateVerifier } from './certificate.ts';
export { verifySignature } from './ed25519.ts';
export { leafChecker } from './leaf.check.ts';
export { ballotOpener } from './seal.ts';
export type { BallotOpener } from './seal.ts';
