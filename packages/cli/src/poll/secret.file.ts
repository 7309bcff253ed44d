import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** The text of a file; null if there is none. */
export async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Replaces a file whole, so that a crash leaves the one before or the one after. */
export async function replaceFile(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  await writeWhole(next, text, 'w');
  await rename(next, file);
  await syncFolder(file);
}

/** Durable, and for nobody else to read. */
export async function writeWhole(file: string, text: string, flag: 'w' | 'wx'): Promise<void> {
  const handle = await open(file, flag, 0o600);
  try {
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes over what is there before it goes; on disks that write elsewhere, the passphrase has to protect the rest. */
export async function destroyFile(file: string): Promise<void> {
  for (const one of [file, `${file}.next`]) {
    const text = await contentOf(one);
    if (text === null) continue;
    const handle = await open(one, 'r+');
    try {
      await handle.write(randomBytes(Buffer.byteLength(text)), 0, null, 0);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rm(one);
  }
  await syncFolder(file);
}

/** Without it a new name may be lost with the power. */
async function syncFolder(file: string): Promise<void> {
  const folder = await open(dirname(file), 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
