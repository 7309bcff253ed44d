import { BytesShape, defineApi, route } from '@talkoot/api-contracts';
import { z } from 'zod';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createLog, createService } from './index.ts';
import { testApp, testTokens } from './testing.ts';
import type { TestApp } from './testing.ts';

const api = defineApi({
  service: 'ballots',
  title: 'Large answers',
  version: '1.0.0',
  description: 'For this test.',
  problems: {},
  routes: {
    getFile: route('GET /v1/files/{name}', {
      summary: 'A file',
      access: { anyone: true },
      params: z.object({ name: z.string() }),
      answer: BytesShape,
      answerType: 'application/octet-stream',
    }),
  },
});

const piece = new Uint8Array(256 * 1024).fill(7);
const ended = vi.fn<() => void>();
const lines: string[] = [];
let sent = 0;

async function* pieces(name: string): AsyncGenerator<Uint8Array> {
  try {
    const last = name === 'endless' ? Infinity : 8;
    for (let at = 0; at < last; at += 1) {
      if (name === 'broken' && at === 4) throw new Error('the disk is gone');
      sent += 1;
      yield piece;
    }
  } finally {
    ended();
  }
}

let app: TestApp<typeof api>;
beforeAll(async () => {
  const { auth } = await testTokens();
  const log = createLog('ballots', 'error', { write: (line) => void lines.push(line) });
  const handlers = {
    getFile: async ({ params }: { params: { name: string } }) => ({
      stream: pieces(params.name),
      etag: '"v1"',
      ...(params.name === 'whole' && { headers: { 'Content-Length': String(8 * piece.length) } }),
    }),
  };
  app = await testApp(createService({ api, auth, log, handlers }), api);
});
afterAll(() => app.close());
beforeEach(() => {
  ended.mockClear();
  lines.length = 0;
  sent = 0;
});

const address = (name: string) => `${app.url}/v1/files/${name}`;

describe('an answer that is sent as it comes', () => {
  it('arrives whole, under the content type of its route', async () => {
    const bytes = await app.client().getFile({ params: { name: 'whole' } });
    expect(bytes).toHaveLength(8 * piece.length);
    expect(bytes.every((byte) => byte === 7)).toBe(true);
    const { headers } = await app.client().raw('getFile', { params: { name: 'whole' } });
    expect(headers.get('content-type')).toBe('application/octet-stream');
    expect(headers.get('content-length')).toBe(String(8 * piece.length));
  });

  it('breaks off where its source fails: nobody takes a part for the whole', async () => {
    const bytes = app.client().getFile({ params: { name: 'broken' } });
    await expect(bytes).rejects.toMatchObject({ name: 'ServiceUnreachable' });
    await vi.waitFor(() => expect(lines.join()).toContain('the disk is gone'), 2_000);
  });

  it('ends with the caller, who is no fault', async () => {
    const gone = new AbortController();
    const response = await fetch(address('endless'), { signal: gone.signal });
    await response.body!.getReader().read();
    gone.abort();
    await vi.waitFor(() => expect(ended).toHaveBeenCalledTimes(1), 2_000);
    expect(lines).toEqual([]);
  });

  it('is not read at all for who has it, or asks for the head alone', async () => {
    const known = { 'if-none-match': '"v1"', 'cache-control': 'max-age=0' };
    const again = await fetch(address('whole'), { headers: known });
    expect([again.status, again.headers.get('etag')]).toEqual([304, '"v1"']);
    expect((await fetch(address('whole'), { method: 'HEAD' })).status).toBe(200);
    expect(sent).toBe(0);
  });
});
