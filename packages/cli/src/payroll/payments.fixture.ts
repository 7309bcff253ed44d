import { Command } from 'commander';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly token: string | undefined;
  readonly key: string | undefined;
}

/** Stands in for the payments service: answers each path as it is told, and keeps what was asked. */
export async function paymentsStandIn(answers: Readonly<Record<string, unknown>>) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void keep(request).then((path) => answer(response, answers[`${request.method} ${path}`]));
  }).listen(0, '127.0.0.1');
  const keep = async (request: IncomingMessage): Promise<string> => {
    const { method = '', headers } = request;
    const path = request.url!.replace('/v1/m/lintula', '');
    const { authorization: token, 'idempotency-key': key } = headers;
    const body = (await request.toArray()).join('');
    asked.push({ method, path, body, token, key: key as string | undefined });
    return path.split('?')[0]!;
  };
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, asked, close: () => void server.close() };
}

const missing = { type: 'urn:talkoot:problem:not-found', title: 'Not there', status: 404, code: 'not-found' };

/** Text as CSV, a problem by its status, anything else as JSON. */
function answer(response: ServerResponse, content: unknown = missing): void {
  const { status } = content as { status?: unknown };
  const isProblem = typeof status === 'number';
  const type = isProblem ? 'application/problem+json' : 'application/json';
  response
    .writeHead(isProblem ? status : 200, { 'content-type': typeof content === 'string' ? 'text/csv' : type })
    .end(typeof content === 'string' ? content : JSON.stringify(content));
}

/** Runs a command as somebody who is signed in; answers what it printed. */
export async function run(
  register: (program: Command) => void,
  url: string,
  words: readonly string[],
): Promise<string> {
  const written: string[] = [];
  const program = new Command('talkoot').exitOverride();
  register(program);
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  vi.stubEnv('TALKOOT_TOKEN', 'a-session');
  try {
    await program.parseAsync([...words, '-m', 'lintula', '--url', url], { from: 'user' });
  } finally {
    spy.mockRestore();
    vi.unstubAllEnvs();
  }
  return written.join('');
}
