import { attachStack } from '@talkoot/local-stack';
import type { StackHandle } from '@talkoot/local-stack';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { vi } from 'vitest';

const program = fileURLToPath(new URL('../../packages/cli/src/talkoot.ts', import.meta.url));

/** A demo that was played to its end, and its stack, which stays. */
export interface KeptDemo {
  /** What it printed. */
  readonly printed: unknown;
  readonly stack: StackHandle;
  /** Ctrl-C. Resolves with the exit code. */
  stop(): Promise<number | null>;
}

/** Plays `talkoot demo --keep` on a stack of its own, as a newcomer does. @param environment of the stack, beside this process's */
export async function keptDemo(environment: Readonly<Record<string, string>>): Promise<KeptDemo> {
  const data = await mkdtemp(join(tmpdir(), 'talkoot-journey-'));
  const demo = spawn(process.execPath, [program, 'demo', '--json', '--keep', '--data', data], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  demo.stdout.setEncoding('utf8').on('data', (text: string) => (said.out += text));
  demo.stderr.setEncoding('utf8').on('data', (text: string) => (said.err += text));
  const exit = once(demo, 'exit') as Promise<[number | null]>;
  const failed = exit.then(([code]) => {
    throw new Error(`The demo ended with ${code}: ${said.err.slice(-4_000)}`);
  });
  const printed = vi.waitFor(() => JSON.parse(said.out) as unknown, { timeout: 580_000, interval: 500 });
  return {
    printed: await Promise.race([printed, failed]),
    stack: await attachStack(data),
    async stop() {
      demo.kill('SIGINT');
      const [code] = await exit;
      await rm(data, { recursive: true, force: true });
      return code;
    },
  };
}
