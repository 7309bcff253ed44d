import type { Grants } from '@talkoot/api-contracts';
import { SignJWT } from 'jose';
import { publicJwk, signerOf } from './token.key.ts';
import type { SigningKey } from './token.key.ts';

const LIFE_SECONDS = 15 * 60;

export interface SessionToken {
  readonly token: string;
  readonly expiresAt: string;
}

/** Signs session tokens: who, and which roles where. */
export interface TokenSigner {
  readonly sign: (personId: string, grants: Grants) => Promise<SessionToken>;
  readonly publicKeys: readonly Record<string, unknown>[];
}

/** @param issuer address of this service, by which the others know its tokens. */
export async function tokenSigner(key: SigningKey, issuer: string, now: () => Date): Promise<TokenSigner> {
  const signer = await signerOf(key);
  return {
    publicKeys: [{ ...publicJwk(key) }],
    async sign(personId, grants) {
      const issuedAt = Math.floor(now().getTime() / 1000);
      const expires = issuedAt + LIFE_SECONDS;
      const token = await new SignJWT({ grants })
        .setProtectedHeader({ alg: 'EdDSA', kid: key.keyId })
        .setIssuer(issuer)
        .setAudience('talkoot')
        .setSubject(personId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expires)
        .sign(signer);
      return { token, expiresAt: new Date(expires * 1000).toISOString() };
    },
  };
}
