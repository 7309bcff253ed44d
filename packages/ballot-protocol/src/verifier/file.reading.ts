import type { z } from 'zod';
import { BoardError } from '../board/board.errors.ts';
import { parseArchive } from '../board/checkpoint.ts';
import type { SignedCheckpoint } from '../board/checkpoint.ts';
import { CanonicalError } from '../canonical.errors.ts';
import { parseCanonical } from '../canonical.ts';
import type { Publication } from '../publication/publication.ts';
import { wholeFile } from '../publication/publication.ts';
import { PublicationError } from '../publication/publication.errors.ts';
import type { CheckName, Finding, Findings } from './report.ts';

/** What was read, and what is wrong with the file; `value` is undefined where it could not be read. */
export interface ReadFile<T> {
  readonly value: T | undefined;
  readonly problems: readonly Finding[];
}

/** A whole file, parsed. @throws PublicationError `file-unreadable` */
export async function parsedFile<T>(
  publication: Publication,
  name: string,
  most: number,
  parse: (bytes: Uint8Array) => T,
): Promise<ReadFile<T>> {
  try {
    return { value: parse(await wholeFile(publication, name, most)), problems: [] };
  } catch (error) {
    return { value: undefined, problems: [findingOf(error, name)] };
  }
}

/** A canonical JSON file of a shape. @throws PublicationError `file-unreadable` */
export async function jsonFile<T>(
  publication: Publication,
  name: string,
  shape: z.ZodType<T>,
  most: number,
): Promise<ReadFile<T>> {
  const { value: json, problems } = await parsedFile(publication, name, most, parseCanonical);
  if (problems.length > 0) return { value: undefined, problems };
  const read = shape.safeParse(json);
  if (read.success) return { value: read.data, problems };
  const offences = read.error.issues.map(({ path }) => `${name}: ${path.join('.')}`);
  return { value: undefined, problems: offences.map((entry) => ({ code: 'file-malformed', entry })) };
}

/** An archive of checkpoints; empty where it cannot be read. @throws PublicationError `file-unreadable` */
export async function readArchive(
  publication: Publication,
  name: string,
  most: number,
): Promise<{ readonly read: SignedCheckpoint[]; readonly problems: readonly Finding[] }> {
  const { value: read = [], problems } = await parsedFile(publication, name, most, parseArchive);
  if (problems.length > 0 || read.length > 0) return { read, problems };
  return { read, problems: [{ code: 'checkpoints-missing', entry: name }] };
}

/** Runs one part of a check and notes what it found. @returns what it read, undefined where it could not */
export async function within<T>(
  name: CheckName,
  findings: Findings,
  part: () => Promise<ReadFile<T>>,
): Promise<T | undefined> {
  const { value, problems } = await part();
  findings.add(name, problems);
  return value;
}

/** A file that is not what it should be, as a finding. Whatever else went wrong is thrown again. */
export function findingOf(error: unknown, entry: string): Finding {
  const isTold =
    error instanceof CanonicalError || error instanceof BoardError || error instanceof PublicationError;
  if (!isTold || error.code === 'file-unreadable') throw error;
  return { code: error.code, entry };
}
