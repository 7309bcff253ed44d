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
  expiresAt: Date;
}

const schema = new Schema<AttemptDocument>(
  { _id: String, nonce: String, verifier: String, returnTo: String, expiresAt: Date },
  { versionKey: false, collection: 'signinattempts' },
);
schema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const LIFE_MS = 10 * 60_000;

/** Sign-ins under way. Each is taken out when it comes back, so none can be used twice. */
export function signInStore(connection: Connection, now: () => Date) {
  const attempts = connection.model<AttemptDocument>('SignInAttempt', schema);
  return {
    async begin({ state, nonce, verifier }: Attempt, returnTo: string | null): Promise<void> {
      const expiresAt = new Date(now().getTime() + LIFE_MS);
      await attempts.insertMany([{ _id: secretHash(state), nonce, verifier, returnTo, expiresAt }]);
    },

    async take(state: string): Promise<(Attempt & { readonly returnTo: string | null }) | null> {
      const found = await attempts
        .findOneAndDelete({ _id: secretHash(state), expiresAt: { $gt: now() } })
        .lean();
      return (
        found && { state, nonce: found.nonce, verifier: found.verifier, returnTo: found.returnTo ?? null }
      );
    },
  };
}
export type SignInStore = ReturnType<typeof signInStore>;
