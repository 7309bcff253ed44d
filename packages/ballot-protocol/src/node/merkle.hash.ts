import { hash } from 'node:crypto';

const [leafPrefix, nodePrefix] = [Buffer.of(0x00), Buffer.of(0x01)];

/** As `leafHash` of the main entry, by node:crypto. */
export function leafHash(leaf: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, leaf]), 'buffer');
}

/** As `nodeHash` of the main entry, by node:crypto. */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([nodePrefix, left, right]), 'buffer');
}
