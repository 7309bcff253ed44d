import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { hpkeSeal } from '../ballot/hpke.ts';
import { bound } from '../binding.ts';
import { sign } from '../signature/ed25519.ts';
import type { StartedCeremony } from './ceremony.fixture.ts';
import { round2Message, shareBinding } from './ceremony.round2.ts';
import type { Round1, Round2 } from './ceremony.shape.ts';
import { round1Bytes, transcriptOf } from './ceremony.ts';

/** Packages as a dishonest trustee would make them: false, but well signed. */

export function signedRound1({ binding, secrets }: StartedCeremony, round1: Round1): Round1 {
  const message = bound('talkoot-key-round1-v1', binding.hash, round1Bytes(round1));
  const signature = sign(hexToBytes(secrets[round1.index - 1]!.signingKey), message);
  return { ...round1, signature: bytesToHex(signature) };
}

export function signedRound2(started: StartedCeremony, index: number, shares: Round2['shares']): Round2 {
  const { binding, secrets, round1 } = started;
  const message = round2Message(binding, transcriptOf(round1), { index, shares });
  const signature = sign(hexToBytes(secrets[index - 1]!.signingKey), message);
  return { index, shares, signature: bytesToHex(signature) };
}

export async function sealedFor(
  { binding, round1 }: StartedCeremony,
  from: number,
  to: number,
  share: Uint8Array,
): Promise<string> {
  const { sealingKey } = binding.ceremony.trustees[to - 1]!;
  const seal = shareBinding(binding, transcriptOf(round1), from, to);
  return bytesToHex(await hpkeSeal(hexToBytes(sealingKey), seal, share));
}
