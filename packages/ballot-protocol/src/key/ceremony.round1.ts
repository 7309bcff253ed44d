import { p256, p256_FROST, p256_hasher } from '@noble/curves/nist.js';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import { bound } from '../binding.ts';
import { sign } from '../signature/ed25519.ts';
import { inOrder, ownIndex, requireAll, requireTrustee, round1Bytes } from './ceremony.ts';
import type { BindingCeremony } from './ceremony.ts';
import { Round1Shape } from './ceremony.shape.ts';
import type { Round1, TrusteeSecrets } from './ceremony.shape.ts';
import { KeyError } from './key.errors.ts';

const { Point } = p256;
const proofTag = utf8ToBytes('FROST-P256-SHA256-v1dkg');

/**
 * Round 1: a fresh polynomial. The package goes to everybody, the secrets into the custody file first.
 * @throws KeyError `not-a-trustee`
 */
export function startRound1(
  binding: BindingCeremony,
  secrets: TrusteeSecrets,
): { secrets: TrusteeSecrets; round1: Round1 } {
  const index = ownIndex(binding, secrets);
  const { threshold, trustees } = binding.ceremony;
  const identifier = p256_FROST.Identifier.fromNumber(index);
  const made = p256_FROST.DKG.round1(identifier, { min: threshold, max: trustees.length });
  const coefficients = made.secret.coefficients!.map((value) => bytesToHex(Point.Fn.toBytes(value)));
  const unsigned = {
    index,
    commitments: made.public.commitment.map((point) => bytesToHex(point)),
    proof: bytesToHex(made.public.proofOfKnowledge),
  };
  const signature = sign(hexToBytes(secrets.signingKey), round1Message(binding, unsigned));
  return {
    secrets: { ...secrets, coefficients },
    round1: { ...unsigned, signature: bytesToHex(signature) },
  };
}

/**
 * The round-1 packages of all trustees, in order of index, each checked.
 * @throws KeyError naming the trustee whose package is missing, malformed, not signed by it, or has a wrong proof;
 * `commitments-cancel`
 */
export function checkRound1(binding: BindingCeremony, packages: readonly unknown[]): Round1[] {
  const read = packages.map(parseRound1);
  requireAll(binding, read);
  for (const round1 of read) requireRound1(binding, round1);
  sumOfCommitments(read, binding.ceremony.threshold);
  return inOrder(read);
}

/**
 * One trustee's round-1 package, checked by itself.
 * @throws KeyError `package-malformed`, `not-a-trustee`, `package-unsigned`, `proof-wrong`, with the index
 */
export function readRound1(binding: BindingCeremony, value: unknown): Round1 {
  const round1 = parseRound1(value);
  requireTrustee(binding, round1.index);
  requireRound1(binding, round1);
  return round1;
}

function parseRound1(value: unknown): Round1 {
  const parsed = Round1Shape.safeParse(value);
  if (!parsed.success) throw new KeyError('package-malformed', indexOf(value));
  return parsed.data;
}

function requireRound1(binding: BindingCeremony, round1: Round1): void {
  const { index, commitments, proof, signature } = round1;
  const { threshold, trustees } = binding.ceremony;
  if (commitments.length !== threshold) throw new KeyError('package-malformed', index);
  const key = hexToBytes(trustees[index - 1]!.signingKey);
  if (!binding.verify(key, round1Message(binding, round1), hexToBytes(signature))) {
    throw new KeyError('package-unsigned', index);
  }
  const points = commitments.map((point) => hexToBytes(point));
  if (!points.every(isPoint)) throw new KeyError('package-malformed', index);
  if (!proofHolds(index, points[0]!, hexToBytes(proof))) throw new KeyError('proof-wrong', index);
}

/**
 * The commitments of the poll's key: the sums of those of all trustees, compressed, hexadecimal.
 * @throws KeyError `commitments-cancel`
 */
export function sumOfCommitments(round1: readonly Round1[], threshold: number): string[] {
  return Array.from({ length: threshold }, (_, place) => {
    const sum = round1
      .map(({ commitments }) => Point.fromBytes(hexToBytes(commitments[place]!)))
      .reduce((total, point) => total.add(point), Point.ZERO);
    if (sum.is0()) throw new KeyError('commitments-cancel');
    return sum.toHex();
  });
}

/** FROST's proof of knowledge: `R ‖ z` with z·G = R + c·φ, c = H(index ‖ φ ‖ R). */
function proofHolds(index: number, commitment: Uint8Array, proof: Uint8Array): boolean {
  const R = proof.subarray(0, 33);
  if (!isPoint(R)) return false;
  const z = BigInt(`0x${bytesToHex(proof.subarray(33))}`);
  if (z >= Point.Fn.ORDER) return false;
  const message = concatBytes(Point.Fn.toBytes(BigInt(index)), commitment, R);
  const c = p256_hasher.hashToScalar(message, { DST: proofTag });
  const expected = Point.fromBytes(R).add(Point.fromBytes(commitment).multiplyUnsafe(c));
  return Point.BASE.multiplyUnsafe(z).equals(expected);
}

function isPoint(bytes: Uint8Array): boolean {
  return p256.utils.isValidPublicKey(bytes, true);
}

function round1Message({ hash }: BindingCeremony, round1: Omit<Round1, 'signature'>): Uint8Array {
  return bound('talkoot-key-round1-v1', hash, round1Bytes(round1));
}

/** The index that a malformed package claims, if it claims one. */
export function indexOf(value: unknown): number | undefined {
  const index = (value as { index?: unknown } | null)?.index;
  return typeof index === 'number' ? index : undefined;
}
