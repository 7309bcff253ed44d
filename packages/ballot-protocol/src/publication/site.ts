import type { Publication } from './publication.ts';
import { PublicationError } from './publication.errors.ts';

/** Most milliseconds to wait for the first mebibyte of a file, and for every further one. */
const usualPatience = 60_000;
const mebibyte = 1 << 20;

/**
 * A publication below a URL. A server that lets a mebibyte wait for longer than `patience` is given up; the time that the reader takes
 * for what came does not count.
 * @param patience milliseconds; a minute unless given
 */
export function sitePublication(url: string, patience = usualPatience): Publication {
  const base = url.endsWith('/') ? url : `${url}/`;
  return {
    async *stream(name) {
      try {
        yield* download(name, new URL(name, base), new Waiting(patience));
      } catch (cause) {
        if (cause instanceof PublicationError) throw cause;
        throw new PublicationError('file-unreadable', `${base}${name} cannot be read`, { cause });
      }
    },
  };
}

async function* download(name: string, url: URL, waiting: Waiting): AsyncGenerator<Uint8Array> {
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
  readonly #patience: number;
  #milliseconds = 0;
  #bytes = 0;

  constructor(patience: number) {
    this.#patience = patience;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async forStep<T>(step: () => Promise<T>): Promise<T> {
    const begun = performance.now();
    const left = Math.max(0, this.#patience - this.#milliseconds);
    const timer = setTimeout(() => this.#controller.abort(), left);
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
