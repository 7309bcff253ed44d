import { p256 } from '@noble/curves/nist.js';
import { bytesToHex, hexToBytes } from '@noble/hashes/utils.js';
import { KeyError } from '../../key/key.errors.ts';
import { isReleaseSigned } from '../../key/release.ts';
import { checkShare, combineShares } from '../../key/share.ts';
import type { KeyShare } from '../../key/share.ts';
import type { TreeHead } from '../../board/witness.decision.ts';
import type { BindingManifest } from '../../manifest/manifest.read.ts';
import type { Manifest } from '../../manifest/manifest.shape.ts';
import { files } from '../../publication/files.ts';
import type { Release } from '../../publication/shapes.ts';
import type { Finding } from '../report.ts';

/** Each released share is its trustee's, and together they are the key that ballots were sealed to. */
export function checkRelease(
  { key }: Manifest,
  { shares }: NonNullable<Release>,
): { readonly secretKey: Uint8Array | null; readonly problems: readonly Finding[] } {
  const released = shares.map(({ index, share }): KeyShare => ({ index, share: hexToBytes(share) }));
  const problems = released.flatMap((share) => problemOf(() => checkShare(key, share)));
  if (problems.length > 0) return { secretKey: null, problems };
  let secretKey: Uint8Array | null = null;
  const combined = problemOf(() => {
    secretKey = combineShares(key, released);
  });
  if (secretKey === null) return { secretKey: null, problems: combined };
  if (bytesToHex(p256.getPublicKey(secretKey, true)) === key.commitments[0])
    return { secretKey, problems: [] };
  return { secretKey: null, problems: [{ code: 'key-differs', entry: files.release }] };
}

/** Each share was given for the board as it was published: no ballot came after it. */
export function checkReleasedBoard(
  binding: BindingManifest,
  board: TreeHead,
  { shares }: NonNullable<Release>,
): Finding[] {
  return shares.flatMap(({ index, share, signature }) =>
    isReleaseSigned(binding, board, { index, share: hexToBytes(share) }, hexToBytes(signature))
      ? []
      : [{ code: 'release-unsigned', entry: `${files.release}: trustee ${index}` }],
  );
}

/** The key was released if enough people could vote and did, and only then. @param keys how many voters there are on the board */
export function checkMinima({ minima, issuers }: Manifest, keys: number, release: Release): Finding[] {
  const enough = keys >= minima.counted && issuers.every(({ rollSize }) => rollSize >= minima.roll);
  if (enough === (release !== null)) return [];
  return [{ code: enough ? 'release-missing' : 'released-below-minimum', entry: files.release }];
}

function problemOf(check: () => void): Finding[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof KeyError)) throw error;
    const entry = error.index === undefined ? files.release : `${files.release}: trustee ${error.index}`;
    return [{ code: error.code, entry }];
  }
}
