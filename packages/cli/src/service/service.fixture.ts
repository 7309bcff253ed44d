import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Command } from 'commander';
import { vi } from 'vitest';

interface Answer {
  readonly status?: number;
  readonly type?: string;
  readonly body: unknown;
}

/** Stands in for a service: answers by method and path with its query, and remembers who asked what. */
export async function serviceStandIn(answers: Readonly<Record<string, Answer>>) {
  const asked: { route: string; authorization: string | undefined; body: string }[] = [];
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(request);
    const route = `${request.method} ${request.url}`;
    asked.push({ route, authorization: request.headers.authorization, body });
    const { status = 200, type = 'application/json', body: said } = answers[route] ?? missing;
    response.writeHead(status, { 'content-type': type });
    response.end(type === 'text/csv' ? String(said) : JSON.stringify(said));
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, asked, close: () => server.close() };
}

const missing: Answer = {
  status: 404,
  type: 'application/problem+json',
  body: {
    type: 'urn:talkoot:problem:not-found',
    title: 'There is no such thing here',
    status: 404,
    code: 'not-found',
  },
};

/** What a command writes to stdout when it is called with these words. */
export async function written(
  register: (program: Command) => void,
  words: readonly string[],
): Promise<string> {
  const said: string[] = [];
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0);
  try {
    const program = new Command('talkoot').exitOverride();
    register(program);
    await program.parseAsync(words, { from: 'user' });
  } finally {
    spy.mockRestore();
  }
  return said.join('');
}
