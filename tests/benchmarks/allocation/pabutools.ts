import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { BenchContext } from '../bench.ts';

const version = '1.2.3';
const LONGEST_INSTALLATION = 120_000;
const LONGEST_DECISION = 1_200_000;

export interface Decided {
  readonly milliseconds: number;
  /** Sorted as strings. */
  readonly selected: readonly string[];
}

export interface Baseline {
  readonly name: string;
  decide(path: string, rule: string): Promise<Decided>;
}

/** pabutools in a process and a virtual environment of its own, if Python and the package can be had; else why not. */
export async function startPabutools(context: BenchContext): Promise<Baseline | string> {
  context.progress.stage(`installing pabutools ${version} for this run`);
  const folder = await mkdtemp(join(tmpdir(), 'talkoot-pabutools-'));
  context.cleanUp.defer(() => rm(folder, { recursive: true, force: true }));
  const python = join(folder, 'bin', 'python');
  for (const command of [
    ['python3', '-m', 'venv', folder],
    [python, '-m', 'pip', 'install', '--quiet', `pabutools==${version}`],
  ]) {
    const complaint = await complaintOf(command);
    if (complaint !== undefined) return complaint;
  }
  const pabutools = pabutoolsOn(python);
  context.cleanUp.defer(pabutools.stop);
  return pabutools;
}

async function complaintOf([program = '', ...words]: string[]): Promise<string | undefined> {
  const child = spawn(program, words, {
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: LONGEST_INSTALLATION,
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said = `${said}${String(data)}`.slice(-500)));
  try {
    const [code] = (await once(child, 'close')) as [number | null];
    return code === 0 ? undefined : `${program} ${words.join(' ')}: ${said.trim() || 'no answer in time'}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** @param python an interpreter that has pabutools */
export function pabutoolsOn(python: string): Baseline & { stop: () => Promise<void> } {
  const script = fileURLToPath(new URL('pabutools.process.py', import.meta.url));
  const child = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    name: `pabutools ${version}`,
    async decide(path, rule) {
      child.stdin.write(`${JSON.stringify({ path, rule })}\n`);
      const late = Promise.withResolvers<never>();
      const timer = setTimeout(() => late.reject(new Error('pabutools takes too long')), LONGEST_DECISION);
      const answer = await Promise.race([answers.next(), late.promise]).finally(() => clearTimeout(timer));
      if (answer.done) throw new Error('pabutools ended');
      return JSON.parse(answer.value) as Decided;
    },
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
