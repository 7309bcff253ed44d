import type { Publication } from './publication.ts';
import { PublicationError } from './publication.errors.ts';

/** Most milliseconds to wait for the first byte of a file, and for every mebibyte of it. */
const patience = 60_000;
const mebibyte = 1 << 20;

/**
 * A publication below a URL. A server that lets a mebibyte wait for more than a minute is given up; the time that the reader takes
 * for what came does not count.
 */
export function sitePublication(url: string): Publication {
  const base = url.endsWith('/') ? url : `${url}/`;
  return {
    async *stream(name) {
      try {
        yield* download(name, new URL(name, base));
      } catch (cause) {
        if (cause instanceof PublicationError) throw cause;
        throw new PublicationError('file-unreadable', `${base}${name} cannot be read`, { cause });
      }
    },
  };
}

async function* download(name: string, url: URL): AsyncGenerator<Uint8Array> {
  const waiting = new Waiting();
  const answer = await waiting.forStep(() => fetch(url, { signal: waiting.signal }));
  if (answer.status === 404) throw new PublicationError('file-missing', `${name} is not there`);
  if (!answer.ok || !answer.body) {
    throw new PublicationError('file-unreadable', `${name}: status ${answer.status}`);
  }
  const reader = answer.body.getReader();
  try {
    for (;;) {
      const { done, value } = await waiting.forStep(() => reader.read());
      if (done) return;
      waiting.came(value.length);
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

/** How long a server was waited for since the last whole mebibyte. */
class Waiting {
  readonly #controller = new AbortController();
  #milliseconds = 0;
  #bytes = 0;

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async forStep<T>(step: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    const timer = setTimeout(() => this.#controller.abort(), patience - this.#milliseconds);
    try {
      return await step();
    } finally {
      clearTimeout(timer);
      this.#milliseconds += performance.now() - begun;
    }
  }

  came(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes < mebibyte) return;
    this.#bytes = 0;
    this.#milliseconds = 0;
  }
}
