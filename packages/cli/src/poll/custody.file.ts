import {
  ConfirmationShape,
  CustodyFileShape,
  lockCustody,
  Round1Shape,
  Round2Shape,
  unlockCustody,
} from '@talkoot/ballot-protocol';
import type { TrusteeSecrets } from '@talkoot/ballot-protocol';
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

function parsed<S extends z.ZodType>(shape: S, text: string, file: string): z.output<S> {
  try {
    return shape.parse(JSON.parse(text));
  } catch (cause) {
    throw new PollRefused('custody-malformed', `${file} is no such file.`, { cause });
  }
}
