import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { holderOf } from './port-holder.ts';
import { isAlive } from './process-identity.ts';
import { PortHeld } from './supervisor.errors.ts';

// Below the range from which systems choose ports of outgoing connections: a client that polls a
// server which is down could otherwise be given that very port, and connect to itself.
const lowest = 20_000;
const highest = 29_999;
const reservations = join(tmpdir(), `talkoot-ports-${userInfo().uid}`);

/** True when nobody listens on this local port. */
export function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A port nobody listens on and that no running process of this user was handed: servers listen only seconds later. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    const port = randomInt(lowest, highest + 1);
    if ((await isFree(port)) && reserve(port)) return port;
  }
  throw new Error(`No free port between ${lowest} and ${highest}`);
}

/** False while another process holds it; what a dead process held is free again, for whoever asks next. */
function reserve(port: number): boolean {
  mkdirSync(reservations, { recursive: true, mode: 0o700 });
  const file = join(reservations, String(port));
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch {
    if (existsSync(file) && !isAlive(Number(readFileSync(file, 'utf8')))) rmSync(file, { force: true });
    return false;
  }
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
