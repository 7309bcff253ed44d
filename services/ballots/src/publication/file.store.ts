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
  return {
    /** Stores a file. What is left of one that could not be finished is never read. */
    async write(
      pollId: string,
      name: string,
      content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
    ): Promise<StoredFile> {
      const id = `${pollId}/${name}/${randomUUID()}`;
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
    },

    /** The bytes of a file, in order. */
    async *read({ id, bytes }: StoredFile): AsyncGenerator<Uint8Array> {
      for (let place = 0; place * pieceBytes < bytes; place += 1) {
        const found = await pieces().findOne({ _id: pieceId(id, place) }, { timeoutMS: deadlineMs });
        if (!found) throw new Error(`A piece of ${id} is missing`);
        yield found.bytes.value();
      }
    },

    /** Removes files that no document names. */
    async remove(files: readonly StoredFile[]): Promise<void> {
      await pieces().deleteMany({ file: { $in: files.map(({ id }) => id) } });
    },
  };
}
export type FileStore = ReturnType<typeof fileStore>;

/** The same bytes in pieces of one length; the last one may be shorter. */
async function* inPieces(
  content: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  let waiting: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of content) {
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
