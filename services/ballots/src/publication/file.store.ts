import { mongo, Schema } from 'mongoose';
import type { Connection } from 'mongoose';
import { createHash, randomUUID } from 'node:crypto';

/** A file that lies in the database in pieces. */
export interface StoredFile {
  /** Of this writing of it: two that write one file at once do not meet. */
  readonly id: string;
  readonly name: string;
  readonly sha256: string;
  readonly bytes: number;
}

/** A file that is to be stored: its name, and its bytes as they come. */
export type Content = readonly [
  name: string,
  bytes: Iterable<Uint8Array | string> | AsyncIterable<Uint8Array | string>,
];

interface PieceDocument {
  /** The writing and the place, from 0. Not an ObjectId, which would tell when. */
  _id: string;
  file: string;
  bytes: mongo.Binary;
}

const schema = new Schema<PieceDocument>(
  { _id: String, file: String, bytes: Buffer },
  { versionKey: false, collection: 'filepieces' },
);
schema.index({ file: 1 });

const pieceBytes = 1024 * 1024;
/** Time a piece may take, in milliseconds. */
const deadlineMs = 30_000;

/** Files of any size, piece by piece. Whether one counts is for the document to say that names it. */
export function fileStore(connection: Connection) {
  const model = connection.model<PieceDocument>('FilePiece', schema);
  const pieces = () => model.collection as unknown as mongo.Collection<PieceDocument>;
  const pieceId = (file: string, place: number) => `${file}#${place}`;

  async function write(id: string, [name, content]: Content): Promise<StoredFile> {
    const sha256 = createHash('sha256');
    let [place, bytes] = [0, 0];
    for await (const piece of inPieces(content)) {
      sha256.update(piece);
      bytes += piece.length;
      const document = { _id: pieceId(id, place), file: id, bytes: new mongo.Binary(piece) };
      await pieces().insertOne(document, { timeoutMS: deadlineMs });
      place += 1;
    }
    return { id, name, sha256: sha256.digest('hex'), bytes };
  }

  /** Removes files that no document names. */
  async function remove(files: readonly Pick<StoredFile, 'id'>[]): Promise<void> {
    await pieces().deleteMany({ file: { $in: files.map(({ id }) => id) } });
  }

  return {
    /** Stores files of a poll one after the other: all of them, or nothing of any is left. */
    async write(pollId: string, contents: Iterable<Content>): Promise<StoredFile[]> {
      const begun: { readonly id: string }[] = [];
      const written: StoredFile[] = [];
      try {
        for (const content of contents) {
          const id = `${pollId}/${content[0]}/${randomUUID()}`;
          begun.push({ id });
          written.push(await write(id, content));
        }
        return written;
      } catch (error) {
        // What a database that is away keeps of them is swept later.
        await remove(begun).catch(() => undefined);
        throw error;
      }
    },

    remove,

    /** Removes everything of a poll but these files, most of which processes left that died while they wrote. */
    async removeAllBut(pollId: string, named: readonly StoredFile[]): Promise<number> {
      const ofPoll = { file: { $gt: `${pollId}/`, $lt: `${pollId}0` } };
      const kept = { file: { $nin: named.map(({ id }) => id) } };
      return (await pieces().deleteMany({ $and: [ofPoll, kept] })).deletedCount;
    },

    /** The bytes of a file, in order. */
    async *read({ id, bytes }: StoredFile): AsyncGenerator<Uint8Array> {
      for (let place = 0; place * pieceBytes < bytes; place += 1) {
        const found = await pieces().findOne({ _id: pieceId(id, place) }, { timeoutMS: deadlineMs });
        if (!found) throw new Error(`A piece of ${id} is missing`);
        yield found.bytes.value();
      }
    },
  };
}
export type FileStore = ReturnType<typeof fileStore>;

/** The same bytes in pieces of one length; the last one may be shorter. */
async function* inPieces(content: Content[1]): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const one of content) {
    const chunk = typeof one === 'string' ? Buffer.from(one) : one;
    waiting.push(chunk);
    length += chunk.length;
    if (length < pieceBytes) continue;
    const bytes = Buffer.concat(waiting);
    let at = 0;
    for (; length - at >= pieceBytes; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
    waiting = [bytes.subarray(at)];
    length -= at;
  }
  if (length > 0) yield Buffer.concat(waiting);
}
