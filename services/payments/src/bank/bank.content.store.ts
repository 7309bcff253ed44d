import type { ClientSession, Connection } from 'mongoose';
import type { Vault, VaultSealed } from '../payee/vault.ts';
import { ignoreExisting } from '../ledger/ledger.store.ts';

interface ContentDocument {
  _id: string;
  municipalityId: string;
  sealed: VaultSealed;
  /** Deleted by the database from then on; null keeps it. */
  expiresAt: Date | null;
}

interface DownloadDocument {
  municipalityId: string;
  contentId: string;
  personId: string;
  at: Date;
}

const shownDownloads = 100;

const collections = (connection: Connection) => ({
  contents: connection.collection<ContentDocument>('bankcontents'),
  downloads: connection.collection<DownloadDocument>('bankdownloads'),
});

export async function prepareBankContents(connection: Connection): Promise<void> {
  const { contents, downloads } = collections(connection);
  await connection.createCollection('bankcontents').catch(ignoreExisting);
  await contents.createIndex({ expiresAt: 1 }, { expireAfterSeconds: 0 });
  await downloads.createIndex({ municipalityId: 1, contentId: 1, at: -1 });
}

/** What files from and to the bank say: names and account numbers, encrypted, and gone when they expire. */
export function bankContentStore(connection: Connection, vault: Vault) {
  const { contents, downloads } = collections(connection);
  const keyOf = (municipalityId: string, contentId: string) => `${municipalityId}/${contentId}`;
  return {
    async put(
      session: ClientSession,
      content: { municipalityId: string; contentId: string; text: string; expiresAt: Date | null },
    ): Promise<void> {
      const { municipalityId, contentId, text, expiresAt } = content;
      const _id = keyOf(municipalityId, contentId);
      const document = { municipalityId, sealed: vault.seal(text, _id), expiresAt };
      await contents.replaceOne({ _id }, document, { upsert: true, session });
    },
    /** Null when it has expired; the database deletes it within a minute. */
    async open(
      municipalityId: string,
      contentId: string,
      now: Date,
      session: ClientSession,
    ): Promise<string | null> {
      const _id = keyOf(municipalityId, contentId);
      const found = await contents.findOne({ _id }, { session });
      if (!found || (found.expiresAt && found.expiresAt <= now)) return null;
      return vault.open(found.sealed, _id);
    },
    /** Ids of files that another than the current key encrypts. */
    async sealedBefore(limit: number): Promise<string[]> {
      const found = contents.find({ 'sealed.by': { $ne: vault.keyId } }).limit(limit);
      return (await found.toArray()).map(({ _id }) => _id);
    },
    /** Encrypts a file by the current key. */
    async sealAnew(session: ClientSession, _id: string): Promise<void> {
      const found = await contents.findOne({ _id }, { session });
      if (!found) return;
      const sealed = vault.seal(vault.open(found.sealed, _id), _id);
      await contents.updateOne({ _id }, { $set: { sealed } }, { session });
    },
    async recordDownload(session: ClientSession, download: DownloadDocument): Promise<void> {
      await downloads.insertOne({ ...download }, { session });
    },
    downloadsOf: (municipalityId: string, contentId: string) =>
      downloads.find({ municipalityId, contentId }).sort({ at: -1 }).limit(shownDownloads).toArray(),
  };
}
export type BankContentStore = ReturnType<typeof bankContentStore>;
