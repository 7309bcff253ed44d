import { Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import { secretHash } from '../session/secret.ts';
import type { Attempt } from './provider.client.ts';

interface AttemptDocument {
  /** Hash of the state. */
  _id: string;
  nonce: string;
  verifier: string;
  returnTo: string | null;
  /** Hash of the secret that the browser keeps in a cookie. */
  browser: string;
  expiresAt: Date;
}

const schema = new Schema<AttemptDocument>(
  { _id: String, nonce: String, verifier: String, returnTo: String, browser: String, expiresAt: Date },
  { versionKey: false, collection: 'signinattempts' },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

export const LIFE_MS = 10 * 60_000;

/** Sign-ins under way. Each is taken out when it comes back, so none can be used twice. */
export function signInStore(connection: Connection, now: () => Date) {
  const attempts = connection.model<AttemptDocument>('SignInAttempt', schema);
  return {
    /** @param secret known to nobody but the browser that begins. */
    async begin({ state, nonce, verifier }: Attempt, returnTo: string | null, secret: string): Promise<void> {
      const expiresAt = new Date(now().getTime() + LIFE_MS);
      const browser = secretHash(secret);
      await attempts.insertMany([{ _id: secretHash(state), nonce, verifier, returnTo, browser, expiresAt }]);
    },

    /** Null also in another browser: nobody is signed in as somebody else by a link they were sent. */
    async take(
      state: string,
      secret: string,
    ): Promise<(Attempt & { readonly returnTo: string | null }) | null> {
      const mine = { _id: secretHash(state), browser: secretHash(secret), expiresAt: { $gt: now() } };
      const found = await attempts.findOneAndDelete(mine).lean();
      return (
        found && { state, nonce: found.nonce, verifier: found.verifier, returnTo: found.returnTo ?? null }
      );
    },
  };
}
export type SignInStore = ReturnType<typeof signInStore>;
