import type { Publication } from './publication.ts';
import { PublicationError } from './publication.errors.ts';

const patience = 10 * 60_000;

/** A publication below a URL; a file that takes longer than ten minutes is given up. */
export function sitePublication(url: string): Publication {
  const base = url.endsWith('/') ? url : `${url}/`;
  return {
    async *stream(name) {
      try {
        const answer = await fetch(new URL(name, base), { signal: AbortSignal.timeout(patience) });
        if (answer.status === 404) throw new PublicationError('file-missing', `${name} is not there`);
        if (!answer.ok || !answer.body) {
          throw new PublicationError('file-unreadable', `${name}: status ${answer.status}`);
        }
        yield* answer.body as AsyncIterable<Uint8Array>;
      } catch (cause) {
        if (cause instanceof PublicationError) throw cause;
        throw new PublicationError('file-unreadable', `${name} cannot be read`, { cause });
      }
    },
  };
}
