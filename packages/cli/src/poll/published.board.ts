import { BoardError, ManifestError, pollKeyOf, readManifest } from '@talkoot/ballot-protocol';
import type { BindingCeremony, BindingManifest, Manifest, SignedCheckpoint } from '@talkoot/ballot-protocol';
import { standingBoard } from '@talkoot/ballot-protocol/device';
import type { KeyCeremony } from '@talkoot/api-contracts/ballots';
import { isDeepStrictEqual } from 'node:util';
import { PollRefused } from './poll.errors.ts';

/**
 * The manifest of a poll, if voters seal to the key that these trustees confirmed. Their signatures are checked, one's own
 * among them: whoever runs the service could publish a key of their own.
 * @throws PollRefused `manifest-foreign`, `key-foreign`; KeyError when a package is wrong
 */
export function requireOwnKey(
  text: string,
  binding: BindingCeremony,
  { round1, confirmations }: Pick<KeyCeremony, 'round1' | 'confirmations'>,
): BindingManifest {
  const read = manifestIn(text);
  const { municipality, poll, key } = read.manifest;
  const { ceremony } = binding;
  if (municipality !== ceremony.municipality || poll !== ceremony.poll) {
    throw new PollRefused('manifest-foreign', `The service answers the manifest of ${municipality}/${poll}.`);
  }
  if (isDeepStrictEqual(key, pollKeyOf(binding, round1, confirmations))) return read;
  throw new PollRefused(
    'key-foreign',
    'Ballots of this poll are sealed to another key than the one you made: somebody else can read them. Say so in public.',
  );
}

function manifestIn(text: string): BindingManifest {
  try {
    return readManifest(Buffer.from(text));
  } catch (cause) {
    if (!(cause instanceof ManifestError)) throw cause;
    throw new PollRefused('manifest-foreign', 'What the service answers is no manifest.', { cause });
  }
}

/**
 * The board that a share is given for, if by all that is published nobody votes or complains any more and it can have
 * enough ballots. The service's word that shares are awaited is not enough: whoever runs it could read ballots early.
 * @throws PollRefused `complaints-open`, `board-unwitnessed`, `below-minima`
 */
export function requireReleasable(manifest: Manifest, note: string, now: Date): SignedCheckpoint {
  const { windows, minima, issuers } = manifest;
  if (windows !== null && now.getTime() < Date.parse(windows.complaintsClose)) {
    throw new PollRefused('complaints-open', `Complaints are heard until ${windows.complaintsClose}.`);
  }
  const checkpoint = witnessed(manifest, note);
  // A key may have several leaves, never none: with fewer leaves there are fewer voters. Manifest and closing record are none.
  const isBelow = checkpoint.size - 2 < minima.counted;
  if (isBelow || issuers.some(({ rollSize }) => rollSize < minima.roll)) {
    throw new PollRefused('below-minima', 'Too few people could vote or did: the key is not released.');
  }
  return checkpoint;
}

function witnessed(manifest: Manifest, note: string): SignedCheckpoint {
  try {
    return standingBoard(manifest, note);
  } catch (cause) {
    if (!(cause instanceof BoardError)) throw cause;
    throw new PollRefused('board-unwitnessed', `The board's checkpoint does not stand: ${cause.code}.`, {
      cause,
    });
  }
}
