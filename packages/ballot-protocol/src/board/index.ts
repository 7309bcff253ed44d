export { BoardError } from './board.errors.ts';
export type { BoardErrorCode } from './board.errors.ts';
export {
  checkpointText,
  encodeArchive,
  parseArchive,
  parseCheckpoint,
  signCheckpoint,
} from './checkpoint.ts';
export type { Checkpoint, SignedCheckpoint } from './checkpoint.ts';
export { emptyRoot, leafHash, nodeHash } from './merkle.hash.ts';
export type { MerkleNode, NodeId } from './merkle.node.ts';
export { planConsistency, planInclusion, readProof, readRoot } from './merkle.proof.ts';
export type { NodeReader, ProofPlan } from './merkle.proof.ts';
export { GrowingTree } from './merkle.tree.ts';
export { requireConsistency, requireInclusion } from './merkle.verify.ts';
export type { ConsistencyClaim, InclusionClaim } from './merkle.verify.ts';
export { encodeNote, noteLimits, noteText, parseNote, parseSignatures, signatureLine } from './note.ts';
export type { Note, NoteSignature } from './note.ts';
export { cosignedAt, cosignNote, isSignedBy, keyIdOf, signNote } from './note.key.ts';
export type { NoteKey, Verify } from './note.key.ts';
export { RootReplay } from './root.replay.ts';
export type { Replay, ReplayProblem, ReplayProblemCode } from './root.replay.ts';
export { quorumOf, requireLogSigned, requireStanding } from './witness.policy.ts';
export type { CheckpointPolicy, Cosignature } from './witness.policy.ts';
export { chooseBatch } from './batch.ts';
export type { BatchInput, WaitingLeaf } from './batch.ts';
export { closingRecord, readClosingRecord } from './closing.record.ts';
export type { ClosingRecord } from './closing.record.ts';
export { issuanceFirstLeaf, issuanceOrigin, nextIssuanceBatch } from './issuance.log.ts';
export type { IssuanceBatchInput } from './issuance.log.ts';
export { isPromised, promiseMessage, signPromise } from './promise.ts';
export type { Promiser } from './promise.ts';
export {
  encodeComplaints,
  encodeReceipt,
  findReceipt,
  isValidComplaint,
  parseComplaints,
  parseReceipt,
  requireReceiptIncluded,
} from './receipt.ts';
export type { Complaint, Receipt, ReceiptFinding } from './receipt.ts';
export { decideSigning } from './signing.decision.ts';
export type { SigningDecision, SigningRefusal, WitnessAnswer } from './signing.decision.ts';
export { hashesIn, parseTilePath, readTile, tileNodes, tilePath, tilesOf, tileWidth } from './tile.ts';
export type { TileId } from './tile.ts';
export { decideCosigning } from './witness.decision.ts';
export type {
  KnownLog,
  TreeHead,
  WitnessDecision,
  WitnessRefusal,
  WitnessRequest,
} from './witness.decision.ts';
export { addCosignatures, encodeWitnessRequest, parseWitnessRequest } from './witness.request.ts';
