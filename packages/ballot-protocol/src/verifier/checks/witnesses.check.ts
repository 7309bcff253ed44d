import { hexToBytes } from '@noble/hashes/utils.js';
import { BoardError } from '../../board/board.errors.ts';
import type { SignedCheckpoint } from '../../board/checkpoint.ts';
import { requireStanding } from '../../board/witness.policy.ts';
import type { Manifest } from '../../manifest/manifest.shape.ts';
import { verifySignature } from '../../node/ed25519.ts';
import type { Finding } from '../report.ts';

/** Every checkpoint is signed by its log and by more than half of the witnesses. */
export function checkWitnesses(
  { witnesses }: Manifest,
  log: { readonly name: string; readonly publicKey: string },
  file: string,
  checkpoints: readonly SignedCheckpoint[],
): Finding[] {
  const keyOf = ({ name, publicKey }: typeof log) => ({ name, publicKey: hexToBytes(publicKey) });
  const policy = { log: keyOf(log), witnesses: witnesses.map(keyOf), verify: verifySignature };
  return checkpoints.flatMap((checkpoint, place) => {
    try {
      requireStanding(checkpoint, policy);
      return [];
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      return [{ code: error.code, entry: `${file}#${place + 1}` }];
    }
  });
}
