import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { leafHash } from '../../board/merkle.hash.ts';
import type { Promiser } from '../../board/promise.ts';
import { isValidComplaint } from '../../board/receipt.ts';
import type { Complaint } from '../../board/receipt.ts';
import type { BindingManifest } from '../../manifest/manifest.read.ts';
import { verifySignature } from '../../node/ed25519.ts';
import { files } from '../../publication/files.ts';

/** Whose promises count in this poll. */
export function promiserOf({ manifest, m }: BindingManifest): Promiser {
  return { manifest: m, boardKey: hexToBytes(manifest.board.publicKey), verify: verifySignature };
}

/** The leaves, by hash, that the board promised to publish to those who complained, and which complaint says so. */
export function honourable(binding: BindingManifest, complaints: readonly Complaint[]): Map<string, string> {
  const promiser = promiserOf(binding);
  return new Map(
    complaints.flatMap((complaint, place): [string, string][] =>
      isValidComplaint(complaint, promiser)
        ? [[bytesToHex(leafHash(complaint.leaf)), `${files.complaints}#${place + 1}`]]
        : [],
    ),
  );
}
