import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';

/** Whether somebody sits at the terminal who can be asked. */
export const canAsk = (): boolean => process.stdin.isTTY;

/** Asks on the terminal; whoever ends the input instead has answered nothing. */
export const ask = (question: string): Promise<string> => answerTo(question, process.stderr);

/** The same without showing what is typed. */
export async function askUnseen(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const answer = await answerTo('', nowhere);
  process.stderr.write('\n');
  return answer;
}

async function answerTo(question: string, output: NodeJS.WritableStream): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output, terminal: true });
  const ended = new AbortController();
  terminal.once('close', () => ended.abort());
  try {
    return await terminal.question(question, { signal: ended.signal });
  } catch (error) {
    if (ended.signal.aborted) return '';
    throw error;
  } finally {
    terminal.close();
  }
}
