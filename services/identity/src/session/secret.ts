import { createHash, randomBytes } from 'node:crypto';

/** 32 random bytes in base64url, for the holder only. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** What is stored of a secret. The secret is random, so a plain hash cannot be reversed. */
export const secretHash = (secret: string): string => createHash('sha256').update(secret).digest('base64url');
