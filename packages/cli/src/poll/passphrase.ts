import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { PollRefused } from './poll.errors.ts';

/**
 * The trustee's passphrase: from `TALKOOT_PASSPHRASE`, else asked for on the terminal without showing it.
 * @throws PollRefused `passphrase-missing` where there is no terminal, `passphrase-differs`
 */
export async function readPassphrase({ isNew }: { readonly isNew: boolean }): Promise<string> {
  const given = process.env['TALKOOT_PASSPHRASE'];
  if (given) return given;
  if (!process.stdin.isTTY) {
    throw new PollRefused('passphrase-missing', 'Run it on a terminal, or set TALKOOT_PASSPHRASE.');
  }
  const passphrase = await ask(isNew ? 'New passphrase (12 characters or more): ' : 'Passphrase: ');
  if (isNew && (await ask('Once more: ')) !== passphrase) {
    throw new PollRefused('passphrase-differs', 'The two are not the same; nothing was written.');
  }
  return passphrase;
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  try {
    return await terminal.question('');
  } finally {
    terminal.close();
    process.stderr.write('\n');
  }
}
