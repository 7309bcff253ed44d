export { canonicalJson, parseCanonical } from './canonical.ts';
export { CanonicalError } from './canonical.errors.ts';
export { compareBytes } from './bytes.order.ts';

export { BallotRulesShape, ManifestShape, PollKeyShape, SealedSeedShape } from './manifest/manifest.shape.ts';
export type { BallotRules, Issuer, Manifest, PollKey, SealedSeed } from './manifest/manifest.shape.ts';
export { readManifest, writeManifest } from './manifest/manifest.read.ts';
export type { BindingManifest } from './manifest/manifest.read.ts';
export { questionHash, questionOf } from './manifest/question.ts';
export type { Asked } from './manifest/question.ts';
export { manifestProblems } from './manifest/manifest.rules.ts';
export { ManifestError } from './manifest/manifest.errors.ts';
export type { ManifestErrorCode, ManifestProblem } from './manifest/manifest.errors.ts';
export {
  newRollSalt,
  readRoll,
  rollCommitment,
  RollError,
  rollHash,
  writeRoll,
} from './manifest/roll.commitment.ts';

export { certificateLength, certificateMessage, parseCertificate } from './certificate/certificate.ts';
export type { Certificate } from './certificate/certificate.ts';
export { finishCertificate, requestCertificate } from './certificate/certificate.device.ts';
export type { CertificateRequest } from './certificate/certificate.device.ts';
export { verifyCertificate } from './certificate/certificate.verify.ts';
export { importIssuerKey } from './certificate/issuer.key.ts';
export type { IssuerPublicKey } from './certificate/issuer.key.ts';
export { CertificateError } from './certificate/certificate.errors.ts';
export type { CertificateErrorCode } from './certificate/certificate.errors.ts';

export { BallotError, isBlank } from './ballot/ballot.ts';
export type { Answer, Ballot, BallotContext, Rejection } from './ballot/ballot.ts';
export { ballotLength } from './ballot/ballot.length.ts';
export { decodeBallot, encodeBallot } from './ballot/plaintext.ts';
export type { DecodedBallot } from './ballot/plaintext.ts';
export { ballotOpener, sealBallot } from './ballot/seal.ts';
export type { BallotOpener, SealPlace } from './ballot/seal.ts';

export { castLeaf } from './cast/leaf.cast.ts';
export type { Vote } from './cast/leaf.cast.ts';
export { castMessage, checkLeaf, lastSequence } from './cast/leaf.check.ts';
export type { LeafRefusal, LeafVerdict } from './cast/leaf.check.ts';
export { decodeLeaf, encodeLeaf, leafLength, unsignedLeaf } from './cast/leaf.ts';
export type { Leaf } from './cast/leaf.ts';
export { decidingLeaves, outranks } from './cast/leaf.order.ts';
export type { RankedLeaf } from './cast/leaf.order.ts';

export { newTrustee, ownIndex, readCeremony, transcriptOf, trusteeProblems } from './key/ceremony.ts';
export type { BindingCeremony, TrusteeKeys, Trustees } from './key/ceremony.ts';
export {
  CeremonyShape,
  ConfirmationShape,
  Round1Shape,
  Round2Shape,
  TrusteeSecretsShape,
} from './key/ceremony.shape.ts';
export type { Ceremony, Confirmation, Round1, Round2, TrusteeSecrets } from './key/ceremony.shape.ts';
export { checkRound1, readRound1, startRound1 } from './key/ceremony.round1.ts';
export { readRound2, startRound2 } from './key/ceremony.round2.ts';
export { finishCeremony, pollKeyOf, readConfirmation } from './key/ceremony.finish.ts';
export { isDestructionSigned, signDestruction } from './key/destruction.ts';
export { isReleaseSigned, signRelease } from './key/release.ts';
export { checkShare, combineShares } from './key/share.ts';
export type { KeyShare } from './key/share.ts';
export { KeyError } from './key/key.errors.ts';
export type { KeyErrorCode } from './key/key.errors.ts';

export { lotCommitment, lotOrder, lotSeed } from './lot/lot.ts';
export { sealLotSeed } from './lot/lot.seal.ts';

export { isPublicKey, newSigningKey, publicKeyOf, sign, verifySignature } from './signature/ed25519.ts';
export type { SigningKey } from './signature/ed25519.ts';

export * from './board/index.ts';
export { isStrictlyEncoded } from './signature/ed25519.encoding.ts';
