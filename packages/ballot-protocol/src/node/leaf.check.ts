import { readLeaf } from '../cast/leaf.check.ts';
import type { LeafBinding, LeafVerdict } from '../cast/leaf.check.ts';
import { isStrictPoint } from '../signature/ed25519.encoding.ts';
import { certificateVerifier } from './certificate.ts';
import { verifySignature } from './ed25519.ts';

/** As `checkLeaf` of the main entry, by node:crypto; the keys of the issuers are read once. The function never throws. */
export function leafChecker(binding: LeafBinding): (bytes: Uint8Array) => LeafVerdict {
  const [first, second] = binding.manifest.issuers;
  const byFirst = certificateVerifier(first.modulus);
  const bySecond = certificateVerifier(second.modulus);
  return (bytes) => {
    const claims = readLeaf(binding, bytes);
    if (typeof claims === 'string') return { accepted: false, refusal: claims };
    const { leaf, certified, signed } = claims;
    if (!isStrictPoint(leaf.publicKey)) return { accepted: false, refusal: 'public-key-invalid' };
    if (!byFirst(certified, leaf.certificates[0])) {
      return { accepted: false, refusal: 'first-certificate-invalid' };
    }
    if (!bySecond(certified, leaf.certificates[1])) {
      return { accepted: false, refusal: 'second-certificate-invalid' };
    }
    if (!verifySignature(leaf.publicKey, signed, leaf.signature)) {
      return { accepted: false, refusal: 'signature-invalid' };
    }
    return { accepted: true, leaf };
  };
}
