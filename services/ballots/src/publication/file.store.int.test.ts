import { connectMongo, prepareModels } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { fileStore } from './file.store.ts';
import type { FileStore } from './file.store.ts';

let connection: Connection;
let files: FileStore;
beforeAll(async () => {
  const url = inject('mongodbUrl').replace(/\/?(\?|$)/, `/files_${randomUUID().slice(0, 8)}$1`);
  connection = await connectMongo(url, { appName: 'files-test' });
  files = fileStore(connection);
  await prepareModels(connection);
});
afterAll(async () => {
  await connection.dropDatabase();
  await connection.close();
});

const mebibyte = 1024 * 1024;
const content = randomBytes(3 * mebibyte + 17);
const inChunksOf = (bytes: Buffer, length: number) =>
  Array.from({ length: Math.ceil(bytes.length / length) }, (_, place) =>
    bytes.subarray(place * length, (place + 1) * length),
  );
const piecesOf = (pollId: string) =>
  connection.collection('filepieces').countDocuments({ file: { $regex: `^${pollId}/` } });
async function read(file: Parameters<FileStore['read']>[0]): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of files.read(file)) pieces.push(piece);
  return Buffer.concat(pieces);
}

describe('a stored file', () => {
  it.each([
    ['nothing', Buffer.alloc(0), 1],
    ['exactly one piece', content.subarray(0, mebibyte), 100_000],
    ['exactly two pieces in one chunk', content.subarray(0, 2 * mebibyte), 2 * mebibyte],
    ['many small chunks', content, 9_973],
    ['one large chunk', content, content.length],
  ])('comes back as it was written, of %s', async (_, bytes, length) => {
    const [file] = await files.write('pol-1', [['board.bin', inChunksOf(bytes, length)]]);
    expect(file).toMatchObject({
      name: 'board.bin',
      bytes: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
    });
    expect((await read(file!)).equals(bytes)).toBe(true);
  });

  it('does not meet another writing of the same file, and is removed alone', async () => {
    const [one, two] = await Promise.all(
      ['one', 'two'].map((text) => files.write('pol-1', [['desks.json', [text]]])),
    );
    await files.remove(one!);
    await expect(read(one![0]!)).rejects.toThrow('missing');
    expect((await read(two![0]!)).toString()).toBe('two');
  });

  it('is gone with all that were written with it when one of them cannot be finished', async () => {
    const broken = async function* () {
      yield content;
      throw new Error('The issuer does not answer');
    };
    const writing = files.write('pol-broken', [
      ['manifest.json', ['{}']],
      ['board.bin', broken()],
      ['desks.json', ['[]']],
    ]);
    await expect(writing).rejects.toThrow('The issuer does not answer');
    expect(await piecesOf('pol-broken')).toBe(0);
  });

  it('stays when everything else of its poll is removed, which touches no other poll', async () => {
    const [kept] = await files.write('pol-2', [['manifest.json', ['{}']]]);
    const others = await files.write('pol-2', [['board.bin', [content]]]);
    const [ofAnother] = await files.write('pol-2-b', [['manifest.json', ['{}']]]);
    expect(await files.removeAllBut('pol-2', [kept!])).toBe(4);
    await expect(read(others[0]!)).rejects.toThrow('missing');
    for (const file of [kept!, ofAnother!]) expect((await read(file)).toString()).toBe('{}');
  });

  it('has no ObjectId that would tell when it was written', async () => {
    const row = await connection.collection('filepieces').findOne();
    expect(Object.values(row!).every((value) => value?._bsontype !== 'ObjectId')).toBe(true);
  });
});
