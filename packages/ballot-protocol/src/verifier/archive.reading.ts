import { BoardError } from '../board/board.errors.ts';
import { parseCheckpoint } from '../board/checkpoint.ts';
import type { SignedCheckpoint } from '../board/checkpoint.ts';
import { noteLimits } from '../board/note.ts';
import type { TreeHead } from '../board/witness.decision.ts';
import { requireStanding } from '../board/witness.policy.ts';
import type { CheckpointPolicy, Cosignature } from '../board/witness.policy.ts';
import { bounds } from '../publication/bounds.ts';
import { boundedFile } from '../publication/publication.ts';
import type { Audit } from './audit.ts';
import { findingOf } from './file.reading.ts';
import type { CheckName } from './report.ts';

/** What is known of an archived checkpoint once its signatures were looked at. */
export interface ArchivedCheckpoint extends TreeHead {
  /** When its witnesses saw it, in POSIX seconds; null where it does not stand. */
  readonly time: number | null;
}

export interface ArchivePlace {
  readonly name: string;
  readonly policy: CheckpointPolicy;
  /** What fails if the file is no archive, and if a checkpoint does not stand. */
  readonly checks: { readonly archive: CheckName; readonly witnesses: CheckName };
}

/**
 * Reads an archive note by note and checks who signed each. An archive that breaks off says nothing about which checkpoint is
 * the final one.
 * @returns null where there is no whole archive of one checkpoint at least
 * @throws PublicationError `file-unreadable`
 */
export async function readArchive(
  { publication, findings }: Audit,
  { name, policy, checks }: ArchivePlace,
): Promise<readonly ArchivedCheckpoint[] | null> {
  const read: ArchivedCheckpoint[] = [];
  try {
    for await (const note of notesIn(boundedFile(publication, name, bounds.archive))) {
      const checkpoint = parseCheckpoint(note);
      const standing = standingOf(checkpoint, policy);
      if (standing instanceof BoardError)
        findings.add(checks.witnesses, [{ code: standing.code, entry: `${name}#${read.length + 1}` }]);
      const { size, root } = checkpoint;
      read.push({ size, root, time: standing instanceof BoardError ? null : seenAt(standing) });
    }
  } catch (error) {
    findings.add(checks.archive, [findingOf(error, name)]);
    return null;
  }
  if (read.length > 0) return read;
  findings.add(checks.archive, [{ code: 'checkpoints-missing', entry: name }]);
  return null;
}

function standingOf(checkpoint: SignedCheckpoint, policy: CheckpointPolicy): Cosignature[] | BoardError {
  try {
    return requireStanding(checkpoint, policy);
  } catch (error) {
    if (error instanceof BoardError) return error;
    throw error;
  }
}

/** The lower median: neither the clock of one witness decides, nor that of half of them. */
function seenAt(cosignatures: readonly Cosignature[]): number {
  const times = cosignatures.map(({ time }) => time).toSorted((one, other) => one - other);
  return times[Math.floor((times.length - 1) / 2)]!;
}

const noteEnd = '\n%\n';

/** The notes of an archive, one at a time. @throws BoardError `archive-malformed` */
async function* notesIn(archive: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest = Buffer.alloc(0);
  for await (const piece of archive) {
    rest = Buffer.concat([rest, piece]);
    let from = 0;
    for (let end = rest.indexOf(noteEnd); end >= 0; end = rest.indexOf(noteEnd, from)) {
      yield rest.subarray(from, end + 1);
      from = end + noteEnd.length;
    }
    rest = rest.subarray(from);
    if (rest.length > noteLimits.bytes) throw new BoardError('archive-malformed', 'a note without end');
  }
  if (rest.length > 0) throw new BoardError('archive-malformed', 'no line of % at the end');
}
