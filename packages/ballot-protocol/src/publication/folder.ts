import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Publication } from './publication.ts';
import { PublicationError } from './publication.errors.ts';

/** A publication in a folder. */
export function folderPublication(folder: string): Publication {
  return {
    async *stream(name) {
      try {
        yield* createReadStream(join(folder, name), { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>;
      } catch (cause) {
        const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
        const message = missing ? `${name} is not there` : `${name} cannot be read`;
        throw new PublicationError(missing ? 'file-missing' : 'file-unreadable', message, { cause });
      }
    },
  };
}
