import type { KeyObject } from 'node:crypto';
import { publicKeyFrom } from './certificate.check.ts';

export interface PublishedKey {
  readonly keyId: string;
  readonly publicKey: string;
}

const PAUSE_MS = 5_000;

/**
 * Identity's certificate keys. They are fetched when an unknown key id comes, at most every five seconds, so that
 * made-up ids cannot be used to flood identity.
 */
export function certificateKeys(
  fetchKeys: () => Promise<readonly PublishedKey[]>,
  clock: () => number = Date.now,
) {
  let known = new Map<string, KeyObject>();
  let askedAt = -Infinity;
  let asking: Promise<void> | null = null;
  const ask = async () => {
    const keys = await fetchKeys();
    known = new Map(keys.map(({ keyId, publicKey }) => [keyId, publicKeyFrom(publicKey)]));
    askedAt = clock();
  };
  return {
    /** Null when identity has no such key. */
    async find(keyId: string): Promise<KeyObject | null> {
      const before = known.get(keyId);
      if (before) return before;
      if (clock() - askedAt >= PAUSE_MS) {
        asking ??= ask().finally(() => (asking = null));
        await asking;
      }
      return known.get(keyId) ?? null;
    },
  };
}
export type CertificateKeys = ReturnType<typeof certificateKeys>;
