import { createHash } from 'node:crypto';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import type { World } from './world.ts';

const RealDate = Date;
let world: World | null = null;
let drawn = 0;

/**
 * From here on this thread has no clock and no randomness but those of the world that it runs. Only for a thread of its own.
 */
export function sealGlobals(): void {
  globalThis.Date = WorldDate as DateConstructor;
  globalThis.performance.now = () => now();
  Math.random = () => bytes(6).readUIntBE(0, 6) / 2 ** 48;
  crypto.randomBytes = ((size: number) => bytes(size)) as typeof crypto.randomBytes;
  crypto.randomUUID = () => uuidOf(bytes(16).toString('hex'));
  crypto.randomInt = ((most: number) => bytes(6).readUIntBE(0, 6) % most) as typeof crypto.randomInt;
  timers.setTimeout = ((ms?: number) => required().sleep(clock, ms ?? 0)) as typeof timers.setTimeout;
  syncBuiltinESMExports();
}

/** The world that clock and randomness follow from now on. */
export function enter(next: World): void {
  world = next;
  drawn = 0;
}

const clock = { name: 'clock', alive: true };

function required(): World {
  if (!world) throw new Error('No world runs in this thread');
  return world;
}

const now = () => world?.now ?? 0;

class WorldDate extends RealDate {
  constructor(...given: [] | [number | string | Date]) {
    super(...((given.length === 0 ? [now()] : given) as [number]));
  }
  static override now = () => now();
}

/** Bytes that follow from the place in the draw: the scheduler's own chance is left alone. */
function bytes(size: number): Buffer {
  const parts: Buffer[] = [];
  for (let made = 0; made < size; made += 32) {
    drawn += 1;
    parts.push(createHash('sha256').update(`drawn ${drawn}`).digest());
  }
  return Buffer.concat(parts).subarray(0, size);
}

const uuidOf = (hex: string) =>
  [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20)].join(
    '-',
  ) as ReturnType<typeof crypto.randomUUID>;
