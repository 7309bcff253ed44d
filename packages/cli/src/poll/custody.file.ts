import {
  ConfirmationShape,
  CustodyFileShape,
  lockCustody,
  Round1Shape,
  Round2Shape,
  unlockCustody,
} from '@talkoot/ballot-protocol';
import type { TrusteeSecrets } from '@talkoot/ballot-protocol';
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { PollRefused } from './poll.errors.ts';
import type { Custody, Holding } from './trustee.ts';

/** A custody file with the packages that went out from it, which are public. */
const FileShape = z.strictObject({
  municipality: z.string(),
  poll: z.string(),
  custody: CustodyFileShape,
  round1: Round1Shape.optional(),
  round2: Round2Shape.optional(),
  confirmation: ConfirmationShape.optional(),
});

export interface CustodyPlace {
  readonly file: string;
  readonly passphrase: string;
  readonly poll: { readonly municipalityId: string; readonly pollId: string };
  /** For tests: see `lockCustody`. */
  readonly work?: number;
}

/**
 * What a trustee keeps of a poll, in one file under a passphrase. It is replaced whole, so that a crash leaves the one
 * before or the one after.
 */
export function custodyFile({ file, passphrase, poll, work }: CustodyPlace): Custody {
  return {
    async open() {
      const text = await contentOf(file);
      if (text === null) return null;
      const { municipality, poll: of, custody, ...packages } = parsed(FileShape, text, file);
      if (municipality !== poll.municipalityId || of !== poll.pollId) {
        throw new PollRefused('custody-foreign', `${file} is of ${municipality}/${of}.`);
      }
      return { ...packages, secrets: await unlockCustody(passphrase, custody) } as Holding;
    },
    async keep({ secrets, ...packages }) {
      const { municipalityId: municipality, pollId } = poll;
      const custody = await lockCustody(passphrase, `${municipality}/${pollId}`, secrets, work);
      await replaceFile(file, JSON.stringify({ municipality, poll: pollId, custody, ...packages }, null, 2));
    },
    destroy: () => destroyFile(file),
  };
}

/** The secrets of an identity file, which `poll trustee new` made. */
export async function openIdentity(file: string, passphrase: string): Promise<TrusteeSecrets> {
  const text = await contentOf(file);
  if (text === null) throw new PollRefused('identity-missing', `${file} is not there.`);
  return unlockCustody(passphrase, parsed(CustodyFileShape, text, file));
}

/** @throws PollRefused `file-exists` rather than overwrite a trustee's keys */
export async function writeIdentity(
  file: string,
  passphrase: string,
  name: string,
  secrets: TrusteeSecrets,
): Promise<void> {
  const custody = await lockCustody(passphrase, name, secrets);
  try {
    await writeWhole(file, JSON.stringify(custody, null, 2), 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new PollRefused('file-exists', `${file} is there already; keys are never overwritten.`);
  }
}

async function contentOf(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

function parsed<S extends z.ZodType>(shape: S, text: string, file: string): z.output<S> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new PollRefused('custody-malformed', `${file} is no such file.`, { cause });
  }
}

async function replaceFile(file: string, text: string): Promise<void> {
  const next = `${file}.next`;
  await writeWhole(next, text, 'w');
  await rename(next, file);
  await syncFolder(file);
}

async function writeWhole(file: string, text: string, flag: 'w' | 'wx'): Promise<void> {
  const handle = await open(file, flag, 0o600);
  try {
    await handle.writeFile(`${text}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Writes over what is there before it goes; on disks that write elsewhere, the passphrase has to protect the rest. */
async function destroyFile(file: string): Promise<void> {
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
