import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { wholeFile } from './publication.ts';
import { sitePublication } from './site.ts';

/** The address of a site that answers so. */
async function served(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    return server[Symbol.asyncDispose]();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/polls/pol-1`;
}
const mebibyte = Buffer.alloc(1 << 20, 1);
const code = (name: string) => expect.objectContaining({ code: name });

describe('a site', () => {
  it.each<[string, RequestListener]>([
    ['never answers', () => undefined],
    ['stops in the middle of a file', (_, response) => void response.write('[')],
    [
      'drips',
      (_, response) => {
        const timer = setInterval(() => response.write('x'), 20);
        response.on('close', () => clearInterval(timer));
      },
    ],
  ])('that %s is given up', async (_, listener) => {
    const site = await served(listener);
    const reading = wholeFile(sitePublication(site, 300), 'desks.json', 1 << 30);
    await expect(reading).rejects.toThrow(code('file-unreadable'));
  });

  it('has its time anew with every mebibyte, and the time of a slow reader is its own', async () => {
    const site = await served((_, response) => response.end(Buffer.concat(Array(6).fill(mebibyte))));
    let length = 0;
    for await (const piece of sitePublication(site, 2_000).stream('board.bin')) {
      length += piece.length;
      if (length % (1 << 20) < piece.length) await pause(500);
    }
    expect(length).toBe(6 << 20);
  });

  it('is asked for the files below its address, with or without a slash at the end', async () => {
    const site = await served((request, response) => response.end(request.url));
    for (const url of [site, `${site}/`]) {
      const path = await wholeFile(sitePublication(url), 'roll.auditor.bin', 100);
      expect(Buffer.from(path).toString()).toBe('/polls/pol-1/roll.auditor.bin');
    }
  });

  it('tells what is not there from what it does not give', async () => {
    const site = await served((request, response) =>
      response.writeHead(request.url!.endsWith('desks.json') ? 404 : 503).end(),
    );
    const read = (name: string) => wholeFile(sitePublication(site), name, 100);
    await expect(read('desks.json')).rejects.toThrow(code('file-missing'));
    await expect(read('result.json')).rejects.toThrow(code('file-unreadable'));
  });
});
