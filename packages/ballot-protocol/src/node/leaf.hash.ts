import { hash } from 'node:crypto';

const leafPrefix = Buffer.of(0x00);

/** As `leafHash` of the main entry, by node:crypto. */
export function leafHash(leaf: Uint8Array): Buffer {
  return hash('sha256', Buffer.concat([leafPrefix, leaf]), 'buffer');
}
