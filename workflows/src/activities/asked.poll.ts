import type { PollWindows } from '@talkoot/api-contracts/ballots';
import { ManifestError, questionHash, readManifest } from '@talkoot/ballot-protocol';
import type { Manifest } from '@talkoot/ballot-protocol';
import { ApplicationFailure } from '@temporalio/common';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';

/** What a poll's history keeps of what was asked for, and its manifest has to say. */
export interface AskedPoll {
  /** Of the question, as it was when the poll was prepared; hexadecimal. */
  readonly questionSha256: string;
  readonly windows: PollWindows | null;
}

/**
 * Holds a manifest against what was asked for: whoever rewrote it in the database of ballots has written the manifest of another
 * poll.
 * @throws ApplicationFailure `question-differs`, `windows-differ`, `manifest-invalid`; no repetition mends it
 */
export function requireAsked(text: string, asked: AskedPoll): void {
  const manifest = manifestIn(text);
  const question = Buffer.from(questionHash(manifest)).toString('hex');
  if (question !== asked.questionSha256)
    throw ApplicationFailure.nonRetryable('The manifest does not ask what was prepared', 'question-differs');
  if (!isDeepStrictEqual(manifest.windows, asked.windows))
    throw ApplicationFailure.nonRetryable(
      'The manifest has other windows than were planned',
      'windows-differ',
    );
}

function manifestIn(text: string): Manifest {
  try {
    return readManifest(Buffer.from(text)).manifest;
  } catch (error) {
    if (!(error instanceof ManifestError)) throw error;
    throw ApplicationFailure.nonRetryable(error.message, 'manifest-invalid');
  }
}

export const sha256Of = (text: string): string => createHash('sha256').update(text).digest('hex');
