import type { StackHandle } from '@talkoot/local-stack';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inDatabase } from '../databases.ts';
import type { Owner } from '../databases.ts';
import { plain } from '../unlinkability/copy.ts';

/** Every text in a database, and all bytes in words of 32. Numbers and instants to the day are shared by everybody. */
export async function stringsIn(stack: StackHandle, owner: Owner): Promise<Set<string>> {
  return inDatabase(stack, owner, async (database) => {
    const values = new Set<string>();
    for (const collection of await database.collections()) {
      for await (const row of collection.find()) collect(row, values);
    }
    return values;
  });
}

export function wordsIn(value: unknown): Set<string> {
  const words = new Set<string>();
  collect(value, words);
  return words;
}

function collect(value: unknown, into: Set<string>): void {
  const read = plain(value);
  if (typeof read === 'string') into.add(read);
  else if (read instanceof Date) into.add(read.toISOString());
  else if (read !== null && typeof read === 'object')
    Object.values(read).forEach((one) => collect(one, into));
}

/** The same of a folder of public files. */
export async function wordsOfFiles(folder: string): Promise<Set<string>> {
  const words = new Set<string>();
  for (const name of await readdir(folder)) {
    const bytes = await readFile(join(folder, name));
    if (name.endsWith('.json')) collect(JSON.parse(bytes.toString()), words);
    else if (name.endsWith('.bin')) collect(bytes, words);
    else collect(bytes.toString().split(/\s+/), words);
  }
  return words;
}
