import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
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
        const missing = isMissing(cause) && (await isThere(folder));
        const message = missing ? `${name} is not there` : `${join(folder, name)} cannot be read`;
        throw new PublicationError(missing ? 'file-missing' : 'file-unreadable', message, { cause });
      }
    },
  };
}

const isMissing = (error: unknown) => (error as NodeJS.ErrnoException).code === 'ENOENT';

const isThere = (folder: string) =>
  stat(folder).then(
    () => true,
    () => false,
  );
