import { p256 } from '@noble/curves/nist.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, concatBytes, hexToBytes } from '@noble/hashes/utils.js';
import { u16 } from '../binding.ts';
import { canonicalJson } from '../canonical.ts';
import type { Verify } from '../board/note.key.ts';
import type { ManifestErrorCode, ManifestProblem } from '../manifest/manifest.errors.ts';
import { isPublicKey, newSigningKey, publicKeyOf, verifySignature } from '../signature/ed25519.ts';
import { CeremonyShape } from './ceremony.shape.ts';
import type { Ceremony, Round1, TrusteeSecrets } from './ceremony.shape.ts';
import { KeyError } from './key.errors.ts';

/** A ceremony that was found good, and the hash that binds all packages to it. */
export interface BindingCeremony {
  readonly ceremony: Ceremony;
  readonly hash: Uint8Array<ArrayBuffer>;
  /** By which signatures of its packages are verified. */
  readonly verify: Verify;
}

/** The public keys that go into the ceremony's list of trustees. Hexadecimal. */
export interface TrusteeKeys {
  readonly signingKey: string;
  readonly sealingKey: string;
}

/** Fresh keys of a trustee, before the list of trustees is made. */
export function newTrustee(): { secrets: TrusteeSecrets; keys: TrusteeKeys } {
  const signing = newSigningKey();
  const sealing = p256.keygen();
  return {
    secrets: { signingKey: bytesToHex(signing.secretKey), sealingKey: bytesToHex(sealing.secretKey) },
    keys: { signingKey: bytesToHex(signing.publicKey), sealingKey: bytesToHex(sealing.publicKey) },
  };
}

/**
 * A list of trustees that may make a key.
 * @param verify a faster verification that agrees with `verifySignature`, which is used unless said
 * @throws KeyError `ceremony-malformed` where a manifest would refuse its trustees, or for keys that are none or repeat
 */
export function readCeremony(value: unknown, verify: Verify = verifySignature): BindingCeremony {
  const { data: ceremony } = CeremonyShape.safeParse(value);
  if (ceremony === undefined || !isConsistent(ceremony)) throw new KeyError('ceremony-malformed');
  return { ceremony, hash: sha256(canonicalJson(ceremony)), verify };
}

function isConsistent({ threshold, trustees }: Ceremony): boolean {
  const inOrderOfIndex = trustees.every(({ index }, place) => index === place + 1);
  return inOrderOfIndex && trusteeProblems({ threshold, trustees }).length === 0;
}

/** Those who are to hold a key, and how many of them open it. */
export interface Trustees {
  readonly threshold: number;
  readonly trustees: readonly (TrusteeKeys & { readonly name: string; readonly organisation: string })[];
}

/**
 * Everything for which these may make no key: `threshold-invalid`, `organisation-too-strong`, `key-invalid`,
 * `duplicate-name`, `duplicate-key`, each with its place under `threshold` or `trustees`. Keys must have their lengths.
 */
export function trusteeProblems({ threshold, trustees }: Trustees): ManifestProblem[] {
  const organisations = [...Map.groupBy(trustees, ({ organisation }) => organisation).values()];
  const isTooStrong = organisations.some((members) => members.length >= threshold);
  return [
    ...unless(threshold <= trustees.length, 'threshold-invalid', 'threshold'),
    ...unless(!isTooStrong, 'organisation-too-strong', 'trustees'),
    ...trustees.flatMap(({ signingKey, sealingKey }, place) => [
      ...unless(isPublicKey(hexToBytes(signingKey)), 'key-invalid', `trustees.${place}.signingKey`),
      ...unless(isSealingKey(sealingKey), 'key-invalid', `trustees.${place}.sealingKey`),
    ]),
    ...unless(areDistinct(trustees.map(({ name }) => name)), 'duplicate-name', 'trustees'),
    ...unless(areDistinct(trustees.map(({ signingKey }) => signingKey)), 'duplicate-key', 'trustees'),
    ...unless(areDistinct(trustees.map(({ sealingKey }) => sealingKey)), 'duplicate-key', 'trustees'),
  ];
}

const isSealingKey = (key: string) => p256.utils.isValidPublicKey(hexToBytes(key), true);

function unless(holds: boolean, code: ManifestErrorCode, at: string): ManifestProblem[] {
  return holds ? [] : [{ code, at }];
}

function areDistinct(values: readonly string[]): boolean {
  return new Set(values).size === values.length;
}

/**
 * The index of the trustee whose secrets these are.
 * @throws KeyError `not-a-trustee`
 */
export function ownIndex(
  { ceremony }: BindingCeremony,
  secrets: Pick<TrusteeSecrets, 'signingKey' | 'sealingKey'>,
): number {
  const signingKey = bytesToHex(publicKeyOf(hexToBytes(secrets.signingKey)));
  const sealingKey = bytesToHex(p256.getPublicKey(hexToBytes(secrets.sealingKey)));
  const own = ceremony.trustees.find((trustee) => trustee.signingKey === signingKey);
  if (own?.sealingKey !== sealingKey) throw new KeyError('not-a-trustee');
  return own.index;
}

/** The bytes of a round-1 package: `u16 index ‖ commitments ‖ proof`. */
export function round1Bytes({
  index,
  commitments,
  proof,
}: Omit<Round1, 'signature'>): Uint8Array<ArrayBuffer> {
  const points = commitments.map((point) => hexToBytes(point));
  return concatBytes(u16(index), ...points, hexToBytes(proof));
}

/** SHA-256 of the round-1 packages in order of index: the `transcript` of the manifest's key. */
export function transcriptOf(packages: readonly Round1[]): Uint8Array<ArrayBuffer> {
  return sha256(concatBytes(...inOrder(packages).map(round1Bytes)));
}

/** Packages in order of their trustees. */
export function inOrder<P extends { readonly index: number }>(packages: readonly P[]): P[] {
  return packages.toSorted((a, b) => a.index - b.index);
}

/**
 * That somebody on the list has this index.
 * @throws KeyError `not-a-trustee`
 */
export function requireTrustee({ ceremony }: BindingCeremony, index: number): void {
  if (!ceremony.trustees.some((trustee) => trustee.index === index)) {
    throw new KeyError('not-a-trustee', index);
  }
}

/**
 * That there is exactly one package of each trustee.
 * @throws KeyError `package-missing` or `package-repeated`, with the index
 */
export function requireAll(
  { ceremony }: BindingCeremony,
  packages: readonly { readonly index: number }[],
  except?: number,
): void {
  for (const { index } of packages) {
    const known = ceremony.trustees.some((trustee) => trustee.index === index);
    const count = packages.filter((other) => other.index === index).length;
    if (!known || count > 1 || index === except) throw new KeyError('package-repeated', index);
  }
  const missing = ceremony.trustees.find(
    ({ index }) => index !== except && !packages.some((other) => other.index === index),
  );
  if (missing !== undefined) throw new KeyError('package-missing', missing.index);
}
