import {
  BoardError,
  cosignNote,
  decideCosigning,
  emptyRoot,
  newSigningKey,
  noteText,
  parseWitnessRequest,
  publicKeyOf,
  signatureLine,
} from '@talkoot/ballot-protocol';
import type { KnownLog, TreeHead } from '@talkoot/ballot-protocol';
import { verifySignature } from '@talkoot/ballot-protocol/node';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { WitnessAddress } from './witness.client.ts';

export interface TestWitnessOptions {
  /** `witness` unless said. */
  readonly name?: string;
  /** Seed of its key; a fresh one unless said. */
  readonly secretKey?: Uint8Array;
  /** The key that logs of this origin are signed with; nothing for a log that it does not watch. */
  readonly keyOf: (origin: string) => Uint8Array | undefined;
}

/** A witness in this process, with its memory in this process. */
export interface TestWitness extends WitnessAddress {
  readonly organisation: string;
  /** The value of `WITNESSES` that names it alone. */
  readonly config: string;
  /** From now on it answers no request, or does again. */
  setSilent(silent: boolean): void;
  /** What it last cosigned of a log. */
  last(origin: string): TreeHead | undefined;
  close(): Promise<void>;
}

interface Memory extends TreeHead {
  readonly note: string;
}

/**
 * Starts a witness that answers `witnessApi` over HTTP on a free port and decides as every witness does
 * (`decideCosigning`): for tests of whoever keeps logs and must not import the witness service.
 */
export async function startTestWitness(options: TestWitnessOptions): Promise<TestWitness> {
  const { name = 'witness', secretKey = newSigningKey().secretKey, keyOf } = options;

  const memory = new Map<string, Memory>();
  let isSilent = false;
  const known = (origin: string): KnownLog | undefined => {
    const publicKey = keyOf(origin);
    return publicKey && { key: { name: origin, publicKey }, last: memory.get(origin) };
  };

  function add(body: Buffer, response: ServerResponse): void {
    const request = parseWitnessRequest(body);
    const { origin, note } = request.checkpoint;
    const decision = decideCosigning(request, known(origin), verifySignature);
    if (decision.outcome === 'refuse') return refuse(response, decision.code, decision.lastSize);
    const line = cosignNote(note.text, name, secretKey, Math.floor(Date.now() / 1000));
    const whole = noteText({ text: note.text, signatures: [...note.signatures, line] });
    memory.set(origin, { ...decision.record, note: whole });
    response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8' }).end(signatureLine(line));
  }

  function show(origin: string, response: ServerResponse): void {
    const log = known(origin);
    if (!log) return refuse(response, 'unknown-log');
    const last = memory.get(origin);
    const root = Buffer.from(last?.root ?? emptyRoot()).toString('hex');
    answerJson(response, 200, { origin, size: last?.size ?? 0, root, note: last?.note ?? null });
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (isSilent) return void request.socket.destroy();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://witness.test');
    const body = Buffer.concat(await request.toArray());
    if (request.method === 'POST' && pathname === '/add-checkpoint') return add(body, response);
    if (request.method === 'GET' && pathname === '/v1/tree-head') {
      return show(searchParams.get('origin') ?? '', response);
    }
    answerJson(response, 404, { code: 'not-found', status: 404, title: 'No such route' });
  }

  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) =>
      error instanceof BoardError
        ? refuse(response, 'request-malformed')
        : void response.destroy(error as Error),
    );
  });
  const listening = Promise.withResolvers<void>();
  server.once('error', listening.reject).listen(0, '127.0.0.1', listening.resolve);
  await listening.promise;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const publicKey = publicKeyOf(secretKey);
  const organisation = `${name}-organisation`;
  const entry = { name, organisation, publicKey: Buffer.from(publicKey).toString('hex'), url };
  return {
    name,
    publicKey,
    url,
    organisation,
    config: JSON.stringify([entry]),
    setSilent: (silent) => void (isSilent = silent),
    last: (origin) => memory.get(origin),
    async close() {
      const closed = new Promise<void>((done) => void server.close(() => done()));
      server.closeAllConnections();
      await closed;
    },
  };
}

const statuses = {
  'request-malformed': 400,
  'old-size-beyond': 400,
  'unknown-log': 404,
  'log-unsigned': 403,
  rollback: 409,
  fork: 409,
  'old-size-stale': 409,
  'proof-invalid': 422,
} as const;

function refuse(response: ServerResponse, code: keyof typeof statuses, lastSize?: number): void {
  const status = statuses[code];
  const detail = status === 409 ? { detail: String(lastSize) } : {};
  answerJson(response, status, { type: `urn:talkoot:problem:${code}`, title: code, status, code, ...detail });
}

function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  response.writeHead(status, { 'content-type': `${type}; charset=utf-8` }).end(JSON.stringify(body));
}
