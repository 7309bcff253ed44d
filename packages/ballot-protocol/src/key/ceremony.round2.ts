import { p256, p256_FROST } from '@noble/curves/nist.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { hpkeSeal } from '../ballot/hpke.ts';
import type { SealBinding } from '../ballot/hpke.ts';
import { bound, u16 } from '../binding.ts';
import { sign } from '../signature/ed25519.ts';
import { inOrder, ownIndex, requireAll, requireTrustee, transcriptOf } from './ceremony.ts';
import type { BindingCeremony } from './ceremony.ts';
import { checkRound1, indexOf } from './ceremony.round1.ts';
import { Round2Shape } from './ceremony.shape.ts';
import type { Round1, Round2, TrusteeSecrets } from './ceremony.shape.ts';
import { KeyError } from './key.errors.ts';

const { Point } = p256;

/**
 * Round 2: after everybody's round 1, a sealed share for each other trustee.
 * @throws KeyError naming the trustee whose round 1 is wrong; `round-skipped`, `package-altered`, `not-a-trustee`
 */
export async function startRound2(
  binding: BindingCeremony,
  secrets: TrusteeSecrets,
  packages: readonly unknown[],
): Promise<Round2> {
  const round1 = checkRound1(binding, packages);
  const from = ownIndex(binding, secrets);
  const dealt = p256_FROST.DKG.round2(...dealing(secrets, round1, from));
  const transcript = transcriptOf(round1);
  const others = binding.ceremony.trustees.filter(({ index }) => index !== from);
  const shares = await Promise.all(
    others.map(async ({ index: to, sealingKey }) => {
      const share = dealt[p256_FROST.Identifier.fromNumber(to)]!.signingShare;
      const sealed = await hpkeSeal(
        hexToBytes(sealingKey),
        shareBinding(binding, transcript, from, to),
        share,
      );
      return { to, sealed: bytesToHex(sealed) };
    }),
  );
  const message = round2Message(binding, transcript, { index: from, shares });
  return { index: from, shares, signature: bytesToHex(sign(hexToBytes(secrets.signingKey), message)) };
}

/**
 * The round-2 packages of all other trustees, in order of index, each checked but unopened.
 * @throws KeyError naming the trustee whose package is missing, malformed, or not signed by it for this transcript
 */
export function checkRound2(
  binding: BindingCeremony,
  transcript: Uint8Array,
  own: number,
  packages: readonly unknown[],
): Round2[] {
  const read = packages.map(parseRound2);
  const others = read.filter(({ index }) => index !== own);
  requireAll(binding, others, own);
  for (const round2 of others) requireSigned(binding, transcript, round2);
  return inOrder(others);
}

/**
 * One trustee's round-2 package, checked by itself and unopened: a sealed share for each other trustee, and signed.
 * @throws KeyError `package-malformed`, `not-a-trustee`, `package-unsigned`, with the index
 */
export function readRound2(binding: BindingCeremony, transcript: Uint8Array, value: unknown): Round2 {
  const round2 = parseRound2(value);
  const { index, shares } = round2;
  requireTrustee(binding, index);
  const others = binding.ceremony.trustees.filter((trustee) => trustee.index !== index);
  const isForAll = others.every((trustee) => shares.some(({ to }) => to === trustee.index));
  if (!isForAll || shares.length !== others.length) throw new KeyError('package-malformed', index);
  requireSigned(binding, transcript, round2);
  return round2;
}

function parseRound2(value: unknown): Round2 {
  const parsed = Round2Shape.safeParse(value);
  if (!parsed.success) throw new KeyError('package-malformed', indexOf(value));
  return parsed.data;
}

function requireSigned(binding: BindingCeremony, transcript: Uint8Array, round2: Round2): void {
  const key = hexToBytes(binding.ceremony.trustees[round2.index - 1]!.signingKey);
  const message = round2Message(binding, transcript, round2);
  if (!binding.verify(key, message, hexToBytes(round2.signature))) {
    throw new KeyError('package-unsigned', round2.index);
  }
}

type Dealing = [Parameters<typeof p256_FROST.DKG.round2>[0], Parameters<typeof p256_FROST.DKG.round2>[1]];

/** The state of FROST's key generation after round 1, and what it takes from the others. */
export function dealing(secrets: TrusteeSecrets, round1: readonly Round1[], own: number): Dealing {
  if (secrets.coefficients === undefined) throw new KeyError('round-skipped', own);
  const coefficients = secrets.coefficients.map((value) => Point.Fn.fromBytes(hexToBytes(value)));
  const commitment = coefficients.map((value) => Point.BASE.multiply(value).toBytes());
  const published = round1.find(({ index }) => index === own)!;
  if (commitment.some((point, place) => bytesToHex(point) !== published.commitments[place])) {
    throw new KeyError('package-altered', own);
  }
  const signers = { min: coefficients.length, max: round1.length };
  const others = round1
    .filter(({ index }) => index !== own)
    .map(({ index, commitments, proof }) => ({
      identifier: p256_FROST.Identifier.fromNumber(index),
      commitment: commitments.map((point) => hexToBytes(point)),
      proofOfKnowledge: hexToBytes(proof),
    }));
  return [{ identifier: BigInt(own), coefficients, commitment, signers, step: 1 }, others];
}

/** What a dealt share is sealed to: this ceremony, this transcript, this dealer and this receiver. */
export function shareBinding(
  { hash }: BindingCeremony,
  transcript: Uint8Array,
  from: number,
  to: number,
): SealBinding {
  return {
    info: bound('talkoot-key-share-v1', hash),
    aad: concatBytes(transcript, u16(from), u16(to)),
  };
}

/** What a trustee signs of its round 2. */
export function round2Message(
  { hash }: BindingCeremony,
  transcript: Uint8Array,
  { index, shares }: Omit<Round2, 'signature'>,
): Uint8Array {
  const parts = shares.flatMap(({ to, sealed }) => [u16(to), hexToBytes(sealed)]);
  return bound('talkoot-key-round2-v1', hash, transcript, u16(index), ...parts);
}
