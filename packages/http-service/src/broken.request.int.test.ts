import { once } from 'node:events';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerBrokenRequest } from './broken.request.ts';

let server: Server;
let caller: Socket;
beforeEach(async () => {
  server = createServer({ connectionsCheckingInterval: 50 }, (request) => void request.resume());
  Object.assign(server, { requestTimeout: 200, headersTimeout: 100 });
  server.on('clientError', answerBrokenRequest).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  // Keeps its own side open, whatever the server does.
  caller = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  caller.on('error', () => undefined);
});
afterEach(() => {
  caller.destroy();
  server.close();
});

const connections = () => new Promise<number>((done) => server.getConnections((_, number) => done(number)));

test('a caller that sends a body without end is answered, and holds no connection', async () => {
  caller.write('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000\r\n\r\n');
  const drip = setInterval(() => caller.write('a'), 50);
  try {
    const [answer] = (await once(caller, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 .*"code":"invalid-request"/s);
    await expect.poll(connections, { timeout: 10_000 }).toBe(0);
  } finally {
    clearInterval(drip);
  }
});
