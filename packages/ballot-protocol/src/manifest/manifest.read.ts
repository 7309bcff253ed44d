import { sha256 } from '@noble/hashes/sha2.js';
import { canonicalJson, parseCanonical } from '../canonical.ts';
import { ManifestError } from './manifest.errors.ts';
import type { ManifestProblem } from './manifest.errors.ts';
import { manifestProblems } from './manifest.rules.ts';
import { ManifestShape } from './manifest.shape.ts';
import type { Manifest } from './manifest.shape.ts';

/** Larger manifests are refused unread. */
const mostBytes = 16 * 1024 * 1024;

/** A manifest that was found good, and what binds everything else to it. */
export interface BindingManifest {
  readonly manifest: Manifest;
  /** SHA-256 of the bytes. */
  readonly m: Uint8Array<ArrayBuffer>;
}

/**
 * Reads `manifest.json`.
 * @throws ManifestError naming every problem when the bytes are not canonical, or not a manifest free of contradictions
 */
export function readManifest(bytes: Uint8Array): BindingManifest {
  if (bytes.length > mostBytes) throw new ManifestError([{ code: 'manifest-malformed', at: '' }]);
  return { manifest: checked(parsed(bytes)), m: sha256(bytes) };
}

/**
 * The bytes of `manifest.json`.
 * @throws ManifestError where `readManifest` would refuse them
 */
export function writeManifest(manifest: Manifest): Uint8Array<ArrayBuffer> {
  return canonicalJson(checked(manifest));
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return parseCanonical(bytes);
  } catch (cause) {
    throw new ManifestError([{ code: 'manifest-not-canonical', at: '' }], { cause });
  }
}

function checked(value: unknown): Manifest {
  const shaped = ManifestShape.safeParse(value);
  const problems: readonly ManifestProblem[] = shaped.success
    ? manifestProblems(shaped.data)
    : shaped.error.issues.map(({ path }) => ({ code: 'manifest-malformed', at: path.join('.') }));
  const [first, ...rest] = problems;
  if (!shaped.success || first !== undefined) throw new ManifestError([first!, ...rest]);
  return shaped.data;
}
