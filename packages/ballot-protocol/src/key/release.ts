import { hexToBytes } from '@noble/hashes/utils.js';
import { bound, u16, u32 } from '../binding.ts';
import type { Verify } from '../board/note.key.ts';
import type { TreeHead } from '../board/witness.decision.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { sign, verifySignature } from '../signature/ed25519.ts';
import type { KeyShare } from './share.ts';

/**
 * A trustee's word, 64 bytes, that it gave its share for exactly this board: whoever adds a ballot afterwards cannot show it.
 * @param signingKey the trustee's, 32 bytes
 */
export function signRelease(
  { m }: Pick<BindingManifest, 'm'>,
  board: TreeHead,
  share: KeyShare,
  signingKey: Uint8Array,
): Uint8Array<ArrayBuffer> {
  return sign(signingKey, releaseMessage(m, board, share));
}

/**
 * Whether the trustee of the share's index, by the key that the manifest names, gave that word.
 * @param verify a faster verification that agrees with `verifySignature`, which is used unless said
 */
export function isReleaseSigned(
  { manifest, m }: BindingManifest,
  board: TreeHead,
  share: KeyShare,
  signature: Uint8Array,
  verify: Verify = verifySignature,
): boolean {
  const trustee = manifest.key.trustees.find(({ index }) => index === share.index);
  return (
    trustee !== undefined &&
    verify(hexToBytes(trustee.signingKey), releaseMessage(m, board, share), signature)
  );
}

function releaseMessage(m: Uint8Array, { size, root }: TreeHead, { index, share }: KeyShare): Uint8Array {
  return bound('talkoot-key-release-v1', m, u32(size), root, u16(index), share);
}
