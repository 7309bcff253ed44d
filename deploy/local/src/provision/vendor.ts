import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { execa } from 'execa';
import type { VendorArchive } from './pins.ts';
import { ChecksumMismatch, WayClosed } from './provision.errors.ts';

const answerLimit = 4_000;
const downloadLimit = 5 * 60_000;

/**
 * Downloads the vendor's archive and copies `binary` from it to `target`. The checksum is the one
 * the vendor publishes: it guards against a broken transfer, not against a compromised vendor.
 */
export async function serverFromVendor(source: VendorArchive, binary: string, target: string): Promise<void> {
  const work = await mkdtemp(`${target}.vendor-`);
  try {
    const file = basename(source.archive);
    const expected = checksumFor(await (await get(source.checksums)).text(), file);
    const archive = join(work, file);
    await save(await get(source.archive), archive);
    await verify(archive, expected);
    const unpacked = join(work, 'unpacked');
    await mkdir(unpacked);
    await execa('tar', ['-xzf', archive, '-C', unpacked]);
    await copyFile(await find(unpacked, binary), target);
    await chmod(target, 0o755);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** Reads one file's hash from a list in the format of `sha256sum`. */
export function checksumFor(list: string, file: string): string {
  const line = list.split('\n').find((candidate) => candidate.trim().split(/\s+\*?/)[1] === file);
  const hash = line?.trim().split(/\s+/)[0] ?? '';
  if (!/^[0-9a-f]{64}$/i.test(hash)) throw new WayClosed(`the vendor publishes no sha256 of ${file}`);
  return hash.toLowerCase();
}

/** The sha256 of a file, in hexadecimal. */
export async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

async function verify(file: string, expected: string): Promise<void> {
  const actual = await sha256Of(file);
  if (actual !== expected) throw new ChecksumMismatch(basename(file), expected, actual);
}

async function get(url: string): Promise<Response> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), answerLimit);
  try {
    const response = await fetch(url, { signal: limit.signal });
    if (!response.ok) throw new WayClosed(`${url} answers ${response.status}`);
    return response;
  } catch (error) {
    if (error instanceof WayClosed) throw error;
    throw new WayClosed(`${new URL(url).host} does not answer`);
  } finally {
    clearTimeout(timer);
  }
}

async function save(response: Response, file: string): Promise<void> {
  if (!response.body) throw new WayClosed(`${response.url} is empty`);
  try {
    const signal = AbortSignal.timeout(downloadLimit);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(file), { signal });
  } catch {
    throw new WayClosed(`the download of ${response.url} broke off`);
  }
}

async function find(folder: string, name: string): Promise<string> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const entry = entries.find((candidate) => candidate.isFile() && candidate.name === name);
  if (!entry) throw new WayClosed(`the archive holds no ${name}`);
  return join(entry.parentPath, entry.name);
}
