import type { Express } from 'express';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerBrokenRequest } from './broken.request.ts';
import type { Logger } from './log.ts';
import { startStopping } from './stopping.ts';
import { stopTelemetry } from './telemetry.ts';

export interface RunOptions {
  readonly name: string;
  readonly app: Express;
  readonly log: Logger;
  /** 0 picks a free one. */
  readonly port: number;
  readonly host?: string;
  /** Run in order once no request is left: consumers, relay, Temporal, then MongoDB. Each has 10 s. */
  readonly onStop?: readonly (() => Promise<unknown>)[];
  /** Time running requests have to finish after SIGTERM; 10 s unless said. */
  readonly drainMs?: number;
}

export interface RunningService {
  readonly port: number;
  readonly url: string;
  readonly server: Server;
  /** Drains and stops without ending the process. */
  readonly stop: () => Promise<void>;
}

/**
 * Serves the app until SIGTERM or SIGINT, then drains, stops its parts in order and exits with 0. An error nobody
 * handled is logged and ends the process with 1: the supervisor starts a clean one.
 */
export async function runService(options: RunOptions): Promise<RunningService> {
  const { name, log } = options;
  const server = createServer(options.app);
  // One slow or idle client must not hold a connection for ever.
  Object.assign(server, {
    requestTimeout: 30_000,
    headersTimeout: 15_000,
    keepAliveTimeout: 30_000,
    maxHeadersCount: 100,
  });
  server.on('clientError', answerBrokenRequest);
  endOnFault(log);
  await listen(server, options);
  const { address, port } = server.address() as AddressInfo;
  const url = `http://${address.includes(':') ? `[${address}]` : address}:${port}`;
  log.info({ url }, `${name} listens`);
  const stop = once(() => stopService(server, options));
  endOnSignal(log, stop);
  return { port, url, server, stop };
}

async function listen(server: Server, { port, host = '127.0.0.1', log }: RunOptions): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once('error', reject);
  server.listen(port, host, resolve);
  try {
    await promise;
  } catch (error) {
    log.fatal({ err: error, port, host }, 'cannot listen');
    throw error;
  }
  server.off('error', reject);
}

function endOnSignal(log: Logger, stop: () => Promise<void>): void {
  let asked = false;
  const end = async (signal: NodeJS.Signals) => {
    if (asked) process.exit(1);
    asked = true;
    log.info({ signal }, 'stopping');
    await stop();
    log.info('stopped');
    process.exit(0);
  };
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, (received) => void end(received));
}

/** Also for a process without a server: logs an error that nobody handled and ends with 1. */
export function endOnFault(log: Logger): void {
  const end = (error: unknown) => {
    log.fatal({ err: error }, 'an error that nobody handled');
    process.exit(1);
  };
  process.on('uncaughtException', end);
  process.on('unhandledRejection', end);
}

async function stopService(server: Server, options: RunOptions): Promise<void> {
  startStopping();
  await drain(server, options.drainMs ?? 10_000);
  for (const part of [...(options.onStop ?? []), stopTelemetry]) {
    const late = sleep(10_000, undefined, { ref: false }).then(() => {
      throw new Error('A part did not stop within 10 s');
    });
    await Promise.race([Promise.resolve().then(part), late]).catch((error: unknown) => {
      options.log.error({ err: error }, 'a part did not stop');
    });
  }
}

async function drain(server: Server, drainMs: number): Promise<void> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  // A connection that is kept alive becomes idle only when its running request has been answered.
  const idle = setInterval(() => server.closeIdleConnections(), 50);
  const cut = setTimeout(() => server.closeAllConnections(), drainMs);
  await closed;
  clearInterval(idle);
  clearTimeout(cut);
}

function once(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () => (running ??= work());
}
