import { createPrivateKey, sign } from 'node:crypto';
import { promiseMessage } from '../board/promise.ts';

const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Makes the promise for a leaf hash in the poll of a manifest hash. */
export type PromiseSigner = (manifest: Uint8Array, leafHash: Uint8Array) => Uint8Array;

/**
 * As `signPromise` of the main entry, to the byte, by node:crypto. Forty microseconds: handing it to another thread would cost as
 * much. The signer throws BoardError `hash-malformed`.
 * @param secretKey the 32-byte seed of the board's Ed25519 key
 */
export function promiseSigner(secretKey: Uint8Array): PromiseSigner {
  const key = createPrivateKey({
    key: Buffer.concat([pkcs8Prefix, secretKey]),
    format: 'der',
    type: 'pkcs8',
  });
  return (manifest, leafHash) => sign(null, promiseMessage(manifest, leafHash), key);
}
