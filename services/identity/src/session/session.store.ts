import { inTransaction } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import { newSecret, secretHash } from './secret.ts';

interface RefreshDocument {
  /** Hash of the refresh token. */
  _id: string;
  /** All tokens that descend from one sign-in. */
  family: string;
  personId: string;
  used: boolean;
  expiresAt: Date;
}
interface HandoffDocument {
  _id: string;
  personId: string;
  expiresAt: Date;
}

const refreshSchema = new Schema<RefreshDocument>(
  { _id: String, family: String, personId: String, used: Boolean, expiresAt: Date },
  { versionKey: false, collection: 'refreshtokens' },
);
refreshSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });
refreshSchema.index({ family: 1 });
const handoffSchema = new Schema<HandoffDocument>(
  { _id: String, personId: String, expiresAt: Date },
  { versionKey: false, collection: 'handoffs' },
);
handoffSchema.index({ expiresAt: 1 }, { expireAfterSeconds: 0 });

const REFRESH_MS = 30 * 24 * 3_600_000;
const HANDOFF_MS = 60_000;

export interface RefreshToken {
  readonly refreshToken: string;
  readonly refreshExpiresAt: string;
}

export function sessionStore(connection: Connection, now: () => Date) {
  const tokens = connection.model<RefreshDocument>('RefreshToken', refreshSchema);
  const handoffs = connection.model<HandoffDocument>('Handoff', handoffSchema);

  async function issue(personId: string, family: string, session?: ClientSession): Promise<RefreshToken> {
    const refreshToken = newSecret();
    const expiresAt = new Date(now().getTime() + REFRESH_MS);
    const token = { _id: secretHash(refreshToken), family, personId, used: false, expiresAt };
    await tokens.insertMany([token], session ? { session } : {});
    return { refreshToken, refreshExpiresAt: expiresAt.toISOString() };
  }

  return {
    /** Begins a session. */
    begin: (personId: string) => issue(personId, newSecret()),

    /**
     * Replaces a refresh token; null when it is not good any more. One that was used before has been stolen or
     * has been lost on the way back: nobody can tell, so the whole family ends.
     */
    async renew(refreshToken: string): Promise<(RefreshToken & { personId: string }) | null> {
      const _id = secretHash(refreshToken);
      const renewed = await inTransaction(connection, async (session) => {
        const good = { _id, used: false, expiresAt: { $gt: now() } };
        const fresh = await tokens.findOneAndUpdate(good, { $set: { used: true } }, { session }).lean();
        return fresh && { personId: fresh.personId, ...(await issue(fresh.personId, fresh.family, session)) };
      });
      if (!renewed) await this.end(refreshToken);
      return renewed;
    },

    /**
     * Ends the session to which a refresh token belongs. It writes to that token, so it meets a renewal that is under
     * way: no token that is born meanwhile outlives its family.
     */
    async end(refreshToken: string): Promise<void> {
      await inTransaction(connection, async (session) => {
        const known = await tokens.findById(secretHash(refreshToken), null, { session }).lean();
        if (known) await tokens.deleteMany({ family: known.family }, { session });
      });
    },

    /** A secret that is exchanged for a session once, within a minute. */
    async handOff(personId: string): Promise<string> {
      const handoff = newSecret();
      const expiresAt = new Date(now().getTime() + HANDOFF_MS);
      await handoffs.insertMany([{ _id: secretHash(handoff), personId, expiresAt }]);
      return handoff;
    },

    async redeem(handoff: string): Promise<string | null> {
      const found = await handoffs
        .findOneAndDelete({ _id: secretHash(handoff), expiresAt: { $gt: now() } })
        .lean();
      return found?.personId ?? null;
    },
  };
}
