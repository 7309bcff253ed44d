import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { leafHash } from '../../board/merkle.hash.ts';
import { isValidComplaint } from '../../board/receipt.ts';
import type { Complaint } from '../../board/receipt.ts';
import type { BindingManifest } from '../../manifest/manifest.read.ts';
import { verifySignature } from '../../node/ed25519.ts';
import { files } from '../../publication/files.ts';

/** The leaves, by hash, that the board promised to publish to those who complained, and which complaint says so. */
export function honourable(
  { manifest, m }: BindingManifest,
  complaints: readonly Complaint[],
): Map<string, string> {
  const promiser = { manifest: m, boardKey: hexToBytes(manifest.board.publicKey), verify: verifySignature };
  return new Map(
    complaints.flatMap((complaint, place): [string, string][] =>
      isValidComplaint(complaint, promiser)
        ? [[bytesToHex(leafHash(complaint.leaf)), `${files.complaints}#${place + 1}`]]
        : [],
    ),
  );
}
