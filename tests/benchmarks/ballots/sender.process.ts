import { Agent, request } from 'node:http';
import pMap from 'p-map';
import { serve } from '../side/serve.ts';

/** What is sent to an address, by so many voters at once. */
export interface Sending {
  readonly url: string;
  readonly contentType: string;
  readonly bodies: readonly Uint8Array[];
  readonly atOnce: number;
}

/** How long all of it took, and each, in milliseconds. */
export interface Sent {
  readonly ms: number;
  readonly each: readonly number[];
}

const agent = new Agent({ keepAlive: true });

serve(
  {
    async send({ url, contentType, bodies, atOnce }: Sending): Promise<Sent> {
      const begun = performance.now();
      const each = await pMap(
        bodies,
        async (body) => {
          const before = performance.now();
          await post(url, contentType, body);
          return performance.now() - before;
        },
        { concurrency: atOnce },
      );
      return { ms: performance.now() - begun, each };
    },
  },
  async () => agent.destroy(),
);

/** @throws Error for whatever is not accepted */
function post(url: string, contentType: string, body: Uint8Array): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const headers = { 'content-type': contentType, 'content-length': body.length };
  const sent = request(url, { agent, method: 'POST', headers, timeout: 60_000 }, (response) => {
    response.resume();
    response.once('error', reject);
    response.once('end', () =>
      (response.statusCode ?? 500) < 300 ? resolve() : reject(new Error(`answered ${response.statusCode}`)),
    );
  });
  sent.once('error', reject);
  sent.once('timeout', () => sent.destroy(new Error('no answer for a minute')));
  sent.end(body);
  return promise;
}
