import { hexToBytes } from '@noble/hashes/utils.js';
import { bound, u16 } from '../binding.ts';
import { sign } from '../signature/ed25519.ts';
import { ownIndex } from './ceremony.ts';
import type { BindingCeremony } from './ceremony.ts';
import type { TrusteeSecrets } from './ceremony.shape.ts';

/**
 * A trustee's word, 64 bytes, that its share of this poll's key is destroyed.
 * @throws KeyError `not-a-trustee`
 */
export function signDestruction(
  binding: BindingCeremony,
  secrets: Pick<TrusteeSecrets, 'signingKey' | 'sealingKey'>,
): Uint8Array<ArrayBuffer> {
  return sign(hexToBytes(secrets.signingKey), destructionMessage(binding, ownIndex(binding, secrets)));
}

/** Whether the trustee of this index, one of the ceremony's, gave that word. */
export function isDestructionSigned(binding: BindingCeremony, index: number, signature: Uint8Array): boolean {
  const trustee = binding.ceremony.trustees.find((one) => one.index === index);
  return (
    trustee !== undefined &&
    binding.verify(hexToBytes(trustee.signingKey), destructionMessage(binding, index), signature)
  );
}

function destructionMessage({ hash }: BindingCeremony, index: number): Uint8Array {
  return bound('talkoot-key-destroyed-v1', hash, u16(index));
}
