import { p256_FROST } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { hpkeOpen, hpkeSecretKey } from '../ballot/hpke.ts';
import { bound } from '../binding.ts';
import type { PollKey } from '../manifest/manifest.shape.ts';
import { sign } from '../signature/ed25519.ts';
import { ownIndex, requireAll, requireTrustee, transcriptOf } from './ceremony.ts';
import type { BindingCeremony } from './ceremony.ts';
import { checkRound1, indexOf, sumOfCommitments } from './ceremony.round1.ts';
import { checkRound2, dealing, shareBinding } from './ceremony.round2.ts';
import { ConfirmationShape } from './ceremony.shape.ts';
import type { Confirmation, Round1, Round2, TrusteeSecrets } from './ceremony.shape.ts';
import { KeyError } from './key.errors.ts';
import { matchesCommitments, scalarOf } from './share.ts';

/**
 * The end of a trustee's part: its share of the poll's key, from everybody's packages (its own round 2 is ignored),
 * and its word that all is well. The secrets go into the custody file before the confirmation is sent.
 * @throws KeyError `dealt-share-wrong` naming the dealer, and whatever is wrong with a package
 */
export async function finishCeremony(
  binding: BindingCeremony,
  secrets: TrusteeSecrets,
  round1Packages: readonly unknown[],
  round2Packages: readonly unknown[],
): Promise<{ secrets: TrusteeSecrets; confirmation: Confirmation }> {
  const index = ownIndex(binding, secrets);
  const round1 = checkRound1(binding, round1Packages);
  const transcript = transcriptOf(round1);
  const round2 = checkRound2(binding, transcript, index, round2Packages);
  const [state, others] = dealing(secrets, round1, index);
  const dealt = await openShares(binding, secrets, { index, transcript, round1, round2 });
  p256_FROST.DKG.round2(state, others);
  const { signingShare } = p256_FROST.DKG.round3(state, others, dealt).secret;
  const signature = sign(hexToBytes(secrets.signingKey), confirmationMessage(binding, transcript));
  const { signingKey, sealingKey } = secrets;
  return {
    secrets: { signingKey, sealingKey, share: bytesToHex(signingShare) },
    confirmation: { index, signature: bytesToHex(signature) },
  };
}

/**
 * The `key` of the manifest, once every trustee has confirmed that it holds a share.
 * @throws KeyError naming the trustee whose package or confirmation is missing or wrong
 */
export function pollKeyOf(
  binding: BindingCeremony,
  round1Packages: readonly unknown[],
  confirmations: readonly unknown[],
): PollKey {
  const { threshold, trustees } = binding.ceremony;
  const round1 = checkRound1(binding, round1Packages);
  const transcript = transcriptOf(round1);
  const read = confirmations.map(parseConfirmation);
  requireAll(binding, read);
  for (const confirmation of read) requireConfirmed(binding, transcript, confirmation);
  return {
    threshold,
    trustees: trustees.map(({ sealingKey: _, ...trustee }) => trustee),
    commitments: sumOfCommitments(round1, threshold),
    transcript: bytesToHex(transcript),
  };
}

/**
 * One trustee's confirmation, checked by itself.
 * @throws KeyError `package-malformed`, `not-a-trustee`, `package-unsigned`, with the index
 */
export function readConfirmation(
  binding: BindingCeremony,
  transcript: Uint8Array,
  value: unknown,
): Confirmation {
  const confirmation = parseConfirmation(value);
  requireTrustee(binding, confirmation.index);
  requireConfirmed(binding, transcript, confirmation);
  return confirmation;
}

function parseConfirmation(value: unknown): Confirmation {
  const parsed = ConfirmationShape.safeParse(value);
  if (!parsed.success) throw new KeyError('package-malformed', indexOf(value));
  return parsed.data;
}

function requireConfirmed(
  binding: BindingCeremony,
  transcript: Uint8Array,
  { index, signature }: Confirmation,
): void {
  const key = hexToBytes(binding.ceremony.trustees[index - 1]!.signingKey);
  if (!binding.verify(key, confirmationMessage(binding, transcript), hexToBytes(signature))) {
    throw new KeyError('package-unsigned', index);
  }
}

interface Received {
  readonly index: number;
  readonly transcript: Uint8Array;
  readonly round1: readonly Round1[];
  readonly round2: readonly Round2[];
}

function openShares(binding: BindingCeremony, secrets: TrusteeSecrets, received: Received) {
  const { index: to, transcript, round1, round2 } = received;
  return Promise.all(
    round2.map(async ({ index: from, shares }) => {
      const sealed = shares.filter((share) => share.to === to);
      const key = await hpkeSecretKey(hexToBytes(secrets.sealingKey));
      const opened =
        sealed.length === 1
          ? await hpkeOpen(key, shareBinding(binding, transcript, from, to), hexToBytes(sealed[0]!.sealed))
          : undefined;
      const commitments = round1[from - 1]!.commitments.map((point) => hexToBytes(point));
      if (opened === undefined || !matchesCommitments(commitments, to, dealtScalar(opened, from))) {
        throw new KeyError('dealt-share-wrong', from);
      }
      return { identifier: p256_FROST.Identifier.fromNumber(from), signingShare: opened };
    }),
  );
}

function dealtScalar(share: Uint8Array, from: number): bigint {
  try {
    return scalarOf(share, from);
  } catch (cause) {
    throw new KeyError('dealt-share-wrong', from, { cause });
  }
}

function confirmationMessage({ hash }: BindingCeremony, transcript: Uint8Array): Uint8Array {
  return bound('talkoot-key-confirmed-v1', hash, transcript);
}
