import { createReadStream } from 'node:fs';

/** At most so many bytes and one more, by which a reader sees that there are too many: a device or an endless pipe must not fill memory. */
export async function readBounded(path: string, bytes: number): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of createReadStream(path, { end: bytes })) chunks.push(chunk as Buffer);
  } catch (error) {
    throw naming(path, error);
  }
  return Buffer.concat(chunks);
}

/** The system names a file that it cannot open, and not a folder that it cannot read. */
function naming(path: string, error: unknown): unknown {
  if (error instanceof Error && !error.message.includes(path)) error.message += ` '${path}'`;
  return error;
}
