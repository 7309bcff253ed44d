import { createReadStream } from 'node:fs';

/** At most so many bytes and one more, by which a reader sees that there are too many: a device or an endless pipe must not fill memory. */
export async function readBounded(path: string, bytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  for await (const chunk of createReadStream(path, { end: bytes })) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
