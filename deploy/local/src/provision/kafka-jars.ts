import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { atLeast, findJava, oldestJava, onPath } from './executables.ts';
import { ChecksumMismatch, WayClosed } from './provision.errors.ts';
import { sha256Of } from './vendor.ts';

const folder = fileURLToPath(new URL('../../kafka/', import.meta.url));
const mavenLimit = 15 * 60_000;

/** Collects the broker's jars from Maven into `libs` and accepts exactly those in `jars.sha256`. */
export async function kafkaFromMaven(libs: string): Promise<void> {
  await requireJava();
  const maven = onPath('mvn');
  if (!maven) throw new WayClosed('Maven (mvn) is not on the PATH');
  const args = ['-B', '-q', '-f', join(folder, 'pom.xml'), 'dependency:copy-dependencies'];
  args.push('-DincludeScope=runtime', `-DoutputDirectory=${libs}`);
  const result = await execa(maven, args, { all: true, reject: false, timeout: mavenLimit });
  if (result.failed) throw new WayClosed(`Maven failed: ${firstError(result.all)}`);
  await verifyJars(libs, await readFile(join(folder, 'jars.sha256'), 'utf8'));
}

async function requireJava(): Promise<void> {
  const java = await findJava();
  if (!java) throw new WayClosed('Java is not on the PATH');
  if (!atLeast(java.version, oldestJava))
    throw new WayClosed(`Java ${java.version} is older than ${oldestJava}`);
}

/** Refuses a folder whose jars are not, byte for byte, those of the manifest: none missing, none more. */
export async function verifyJars(libs: string, manifest: string): Promise<void> {
  const expected = readManifest(manifest);
  const found = (await readdir(libs)).filter((file) => file.endsWith('.jar'));
  for (const file of found) {
    const hash = expected.get(file) ?? 'none: not in the manifest';
    const actual = await sha256Of(join(libs, file));
    if (actual !== hash) throw new ChecksumMismatch(file, hash, actual);
  }
  const missing = [...expected.keys()].filter((file) => !found.includes(file));
  if (missing.length > 0) throw new WayClosed(`Maven did not deliver ${missing.join(', ')}`);
}

function readManifest(manifest: string): Map<string, string> {
  const lines = manifest.split('\n').map((line) => line.trim().split(/\s+/));
  return new Map(lines.flatMap(([hash, file]) => (hash && file ? [[file, hash] as const] : [])));
}

function firstError(output: string | undefined): string {
  const lines = (output ?? '').split('\n');
  return lines.find((line) => line.includes('ERROR')) ?? lines.at(-1) ?? '';
}
