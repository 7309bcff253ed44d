import { cached, findPython } from '@talkoot/local-stack';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const requirements = fileURLToPath(new URL('requirements.txt', import.meta.url));

export interface Outcome {
  readonly code: number;
  readonly output: string;
}

/** Runs a module of the pinned test packages; they are installed into the user's cache, never into Python itself. */
export async function runPython(
  args: readonly string[],
  options: {
    readonly environment?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly within: number;
  },
): Promise<Outcome> {
  const python = findPython();
  if (!python) throw new Error('Python 3.11 or newer with pip is not on the PATH; the fuzz tests need it');
  const packages = await installed(python);
  const path = [packages, process.env['PYTHONPATH']].filter(Boolean).join(delimiter);
  const env = { ...process.env, PYTHONPATH: path, PYTHONDONTWRITEBYTECODE: '1', ...options.environment };
  const settings = {
    env,
    maxBuffer: 256e6,
    timeout: options.within,
    ...(options.cwd ? { cwd: options.cwd } : {}),
  };
  try {
    const { stdout, stderr } = await run(python, args, settings);
    return { code: 0, output: `${stdout}${stderr}` };
  } catch (error) {
    const { code, stdout = '', stderr = '' } = error as { code?: unknown; stdout?: string; stderr?: string };
    if (typeof code !== 'number') throw error;
    return { code, output: `${stdout}${stderr}` };
  }
}

async function installed(python: string): Promise<string> {
  const [wanted, { stdout: version }] = await Promise.all([
    readFile(requirements),
    run(python, ['-c', 'import sys; print("%d.%d" % sys.version_info[:2])']),
  ]);
  const key = createHash('sha256').update(wanted).update(version).digest('hex').slice(0, 16);
  return cached(`python-${key}`, async (folder) => {
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-input', '--root-user-action', 'ignore'];
    const pinned = ['--require-hashes', '--no-deps', '--only-binary=:all:', '-r', requirements];
    await run(python, ['-m', 'pip', 'install', ...quiet, '--target', folder, ...pinned], {
      timeout: 15 * 60_000,
    });
  });
}
