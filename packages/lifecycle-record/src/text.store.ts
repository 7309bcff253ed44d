import { idFrom } from '@talkoot/http-service';
import type { TextRef } from '@talkoot/api-contracts';
import { Schema } from 'mongoose';
import type { Connection, Model } from 'mongoose';
import { createHash } from 'node:crypto';

interface TextDocument {
  _id: string;
  municipalityId: string;
  purpose: string;
  text: string;
  sha256: string;
  at: Date;
}

const textSchema = new Schema<TextDocument>(
  { _id: String, municipalityId: String, purpose: String, text: String, sha256: String, at: Date },
  { versionKey: false },
);
const textsOf = (connection: Connection): Model<TextDocument> =>
  connection.models['Text'] ?? connection.model<TextDocument>('Text', textSchema, 'texts');

/**
 * Stores what a person wrote, to be published, and returns the reference that decisions and events carry instead.
 * Repeating the operation returns the same reference.
 */
export async function storeText(
  connection: Connection,
  call: { readonly operationId: string },
  municipalityId: string,
  purpose: string,
  text: string,
): Promise<TextRef> {
  const sha256 = createHash('sha256').update(text, 'utf8').digest('hex');
  const id = idFrom(`${call.operationId}/${purpose}/${sha256}`, 'txt');
  await textsOf(connection).updateOne(
    { _id: id },
    { $setOnInsert: { municipalityId, purpose, text, sha256, at: new Date() } },
    { upsert: true },
  );
  return { id, sha256 };
}

/** A published text of a municipality; null when there is none under that id. */
export async function readText(
  connection: Connection,
  municipalityId: string,
  id: string,
): Promise<{ id: string; purpose: string; text: string; sha256: string; at: Date } | null> {
  const found = await textsOf(connection).findOne({ _id: id, municipalityId }).lean();
  return (
    found && { id: found._id, purpose: found.purpose, text: found.text, sha256: found.sha256, at: found.at }
  );
}
