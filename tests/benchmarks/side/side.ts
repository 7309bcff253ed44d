import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A process that takes part in a benchmark, so that what it uses can be told from what others use. */
export interface Side {
  readonly pid: number;
  /** Has the process do something. @throws Error when it fails, ends meanwhile or takes longer than three minutes */
  call<Answer = void>(method: string, ...args: unknown[]): Promise<Answer>;
  /** Ends the process and resolves when it is gone. */
  stop(): Promise<void>;
}

export interface SideOptions {
  readonly args?: readonly string[];
  /** Folder for CPU profiles; none are taken without it. */
  readonly profile: string | undefined;
  /** Called with whatever the process says by itself. */
  readonly onNews?: (news: unknown) => void;
}

type Message = { id: number; answer?: unknown; error?: string } | { news: unknown };

const LONGEST_CALL = 1_800_000;
const LONGEST_STOP = 15_000;

/** Starts a process of this folder, such as `../events/speaker.process.ts`, and resolves when it is ready. */
export async function startSide(script: string, options: SideOptions): Promise<Side> {
  const { args = [], profile, onNews } = options;
  const child = fork(fileURLToPath(new URL(script, import.meta.url)), args, {
    execArgv: profile === undefined ? [] : ['--cpu-prof', '--cpu-prof-dir', profile],
    serialization: 'advanced',
    // What it says goes to stderr: stdout is the report's.
    stdio: ['ignore', 2, 2, 'ipc'],
  });
  const waiting = new Map<number, PromiseWithResolvers<unknown>>();
  const ended = once(child, 'exit');
  child.once('exit', () => {
    for (const call of waiting.values()) call.reject(new Error(`${script} ended`));
    waiting.clear();
  });
  child.on('message', (message: Message) => {
    if ('news' in message) return onNews?.(message.news);
    const call = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error === undefined) call?.resolve(message.answer);
    else call?.reject(new Error(`${script}: ${message.error}`));
  });
  let calls = 0;
  const call = async <Answer>(method: string, ...given: unknown[]): Promise<Answer> => {
    if (!child.connected) throw new Error(`${script} has ended`);
    calls += 1;
    const id = calls;
    const answer = Promise.withResolvers<unknown>();
    waiting.set(id, answer);
    const late = setTimeout(
      () => answer.reject(new Error(`${script}: ${method} took too long`)),
      LONGEST_CALL,
    );
    child.send({ id, method, args: given });
    return answer.promise.finally(() => clearTimeout(late)) as Promise<Answer>;
  };
  const stop = async () => {
    if (child.connected) child.disconnect();
    const kill = setTimeout(() => child.kill('SIGKILL'), LONGEST_STOP);
    await ended;
    clearTimeout(kill);
  };
  try {
    await call('ready');
  } catch (error) {
    await stop();
    throw error;
  }
  return { pid: child.pid ?? 0, call, stop };
}
