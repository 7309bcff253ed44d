import { PassThrough } from 'node:stream';
import { vi } from 'vitest';

/** Plays somebody at a terminal who answers the one question they are asked; tells what they were shown. */
export async function atTerminal<T>(
  answer: string,
  work: () => Promise<T>,
): Promise<{ done: T; shown: string }> {
  const typed = Object.assign(new PassThrough(), { isTTY: true });
  typed.end(`${answer}\n`);
  const shown: string[] = [];
  const input = vi.spyOn(process, 'stdin', 'get').mockReturnValue(typed as never);
  const output = vi.spyOn(process.stderr, 'write').mockImplementation((text) => shown.push(String(text)) > 0);
  try {
    return { done: await work(), shown: shown.join('') };
  } finally {
    input.mockRestore();
    output.mockRestore();
  }
}
