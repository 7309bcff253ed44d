import { ConfirmationShape, KeyError, Round1Shape, Round2Shape } from '@talkoot/ballot-protocol';
import type { TrusteeSecrets } from '@talkoot/ballot-protocol';
import { CustodyFileShape } from '@talkoot/ballot-protocol/node';
import type { CustodyFile, CustodyLock } from '@talkoot/ballot-protocol/node';
import { z } from 'zod';
import { PollRefused } from './poll.errors.ts';
import { contentOf, destroyFile, replaceFile, writeWhole } from './secret.file.ts';
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
  /** Of the trustee's passphrase: the one that opened the identity file, so that its key is derived once. */
  readonly lock: CustodyLock;
  readonly poll: { readonly municipalityId: string; readonly pollId: string };
}

/**
 * What a trustee keeps of a poll, in one file under a passphrase. It is replaced whole, so that a crash leaves the one
 * before or the one after.
 */
export function custodyFile({ file, lock, poll }: CustodyPlace): Custody {
  return {
    async open() {
      const text = await contentOf(file);
      if (text === null) return null;
      const {
        municipality,
        poll: of,
        custody,
        ...packages
      } = parsed(FileShape, text, file, 'custody file of a poll');
      if (municipality !== poll.municipalityId || of !== poll.pollId) {
        throw new PollRefused('custody-foreign', `${file} is of ${municipality}/${of}.`);
      }
      return { ...packages, secrets: await unlocked(lock, custody, file) } as Holding;
    },
    async keep({ secrets, ...packages }) {
      const { municipalityId: municipality, pollId } = poll;
      const custody = await lock.lock(`${municipality}/${pollId}`, secrets);
      await replaceFile(file, JSON.stringify({ municipality, poll: pollId, custody, ...packages }, null, 2));
    },
    destroy: () => destroyFile(file),
  };
}

/**
 * The secrets of an identity file, which `poll trustee new` made.
 * @throws PollRefused `identity-missing`, `custody-malformed`, `custody-locked`
 */
export async function openIdentity(file: string, lock: CustodyLock): Promise<TrusteeSecrets> {
  const text = await contentOf(file);
  if (text === null) throw new PollRefused('identity-missing', `${file} is not there.`);
  return unlocked(lock, parsed(CustodyFileShape, text, file, 'identity file'), file);
}

/** @throws PollRefused `file-exists` rather than overwrite a trustee's keys */
export async function writeIdentity(
  file: string,
  lock: CustodyLock,
  name: string,
  secrets: TrusteeSecrets,
): Promise<void> {
  const custody = await lock.lock(name, secrets);
  try {
    await writeWhole(file, JSON.stringify(custody, null, 2), 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new PollRefused('file-exists', `${file} is there already; keys are never overwritten.`);
  }
}

/** A trustee has several files: the one that does not open is named. */
async function unlocked(lock: CustodyLock, custody: CustodyFile, file: string): Promise<TrusteeSecrets> {
  try {
    return await lock.unlock(custody);
  } catch (cause) {
    if (!(cause instanceof KeyError) || cause.code !== 'custody-locked') throw cause;
    throw new PollRefused(
      'custody-locked',
      `The passphrase is not that of ${file}, or the file was altered.`,
      {
        cause,
      },
    );
  }
}

function parsed<S extends z.ZodType>(shape: S, text: string, file: string, what: string): z.output<S> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new PollRefused('custody-malformed', `${file} is no ${what}.`, { cause });
  }
}
