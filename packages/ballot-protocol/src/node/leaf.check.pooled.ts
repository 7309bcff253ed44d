import { constants, createPublicKey, verify } from 'node:crypto';
import type { KeyObject, VerifyKeyObjectInput } from 'node:crypto';
import { parseCertificate } from '../certificate/certificate.ts';
import { issuerJwk } from '../certificate/issuer.key.ts';
import { readLeaf } from '../cast/leaf.check.ts';
import type { LeafRefusal, LeafVerdict } from '../cast/leaf.check.ts';
import type { BindingManifest } from '../manifest/manifest.read.ts';
import { isStrictlyEncoded, isStrictPoint } from '../signature/ed25519.encoding.ts';
import { keyOf } from './ed25519.ts';

const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 48 };

/**
 * As `leafChecker`, in the threads of Node's pool: for a service that has to go on answering meanwhile. The checks of
 * a leaf end with the first that fails, so that a forged one costs little.
 */
export function pooledLeafChecker(binding: BindingManifest): (bytes: Uint8Array) => Promise<LeafVerdict> {
  const issuers = binding.manifest.issuers.map(({ modulus }) =>
    createPublicKey({ key: issuerJwk(modulus), format: 'jwk' }),
  );
  return async (bytes) => {
    const claims = readLeaf(binding, bytes);
    if (typeof claims === 'string') return refused(claims);
    const { leaf, certified, signed } = claims;
    if (!isStrictPoint(leaf.publicKey)) return refused('public-key-invalid');
    const [first, second] = leaf.certificates;
    if (!(await isCertificate(issuers[0]!, certified, first))) return refused('first-certificate-invalid');
    if (!(await isCertificate(issuers[1]!, certified, second))) return refused('second-certificate-invalid');
    if (!(await isSigned(leaf.publicKey, signed, leaf.signature))) return refused('signature-invalid');
    return { accepted: true, leaf };
  };
}

const refused = (refusal: LeafRefusal): LeafVerdict => ({ accepted: false, refusal });

function isCertificate(key: KeyObject, message: Uint8Array, certificate: Uint8Array): Promise<boolean> {
  const { prefix, signature } = parseCertificate(certificate);
  return verified('sha384', Buffer.concat([prefix, message]), { key, ...pss }, signature);
}

async function isSigned(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): Promise<boolean> {
  if (!isStrictlyEncoded(publicKey, signature)) return false;
  return verified(null, message, { key: keyOf(publicKey) }, signature);
}

function verified(
  algorithm: string | null,
  message: Uint8Array,
  key: VerifyKeyObjectInput,
  signature: Uint8Array,
): Promise<boolean> {
  const { promise, resolve, reject } = Promise.withResolvers<boolean>();
  verify(algorithm, message, key, signature, (error, holds) => (error ? reject(error) : resolve(holds)));
  return promise;
}
