import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { holderOf } from './port-holder.ts';
import { PortHeld } from './supervisor.errors.ts';

// Below the range from which systems choose ports of outgoing connections: a client that polls a
// server which is down could otherwise be given that very port, and connect to itself.
const lowest = 20_000;
const highest = 29_999;
const taken = new Set<number>();

/** True when nobody listens on this local port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port nobody listens on and that this process has not handed out before. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const port = randomInt(lowest, highest + 1);
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest}`);
}

/**
 * Resolves when nobody listens on the port; a process that is just ending gets a moment to let go of it.
 * @throws PortHeld naming the process that listens on the port
 */
export async function requireFree(port: number, wantedBy: string): Promise<void> {
  for (let look = 0; look < 20; look += 1) {
    if (await isFree(port)) return;
    await delay(100);
  }
  throw new PortHeld(port, wantedBy, await holderOf(port));
}
