import type { z } from 'zod';
import { BoardError } from '../board/board.errors.ts';
import { CanonicalError } from '../canonical.errors.ts';
import { parseCanonical } from '../canonical.ts';
import { wholeFile } from '../publication/publication.ts';
import { PublicationError } from '../publication/publication.errors.ts';
import type { Audit } from './audit.ts';
import type { CheckName, Finding } from './report.ts';

/** A file as it is, and what it says. */
export interface ReadFile<T> {
  readonly bytes: Uint8Array;
  /** Undefined where the bytes are not what they should be. */
  readonly value: T | undefined;
}

/** Which file, how long it may be, and which check suffers if it is not there or not as it should be. */
export interface FilePlace {
  readonly check: CheckName;
  readonly name: string;
  /** Bytes. */
  readonly most: number;
}

/** A whole file, parsed; null where it is missing or too long. @throws PublicationError `file-unreadable` */
export async function parsedFile<T>(
  { publication, findings }: Audit,
  { check, name, most }: FilePlace,
  parse: (bytes: Uint8Array) => T,
): Promise<ReadFile<T> | null> {
  let bytes: Uint8Array | null = null;
  try {
    bytes = await wholeFile(publication, name, most);
    return { bytes, value: parse(bytes) };
  } catch (error) {
    findings.add(check, [findingOf(error, name)]);
    return bytes && { bytes, value: undefined };
  }
}

/** A canonical JSON file of a shape. @throws PublicationError `file-unreadable` */
export async function jsonFile<T>(
  audit: Audit,
  place: FilePlace,
  shape: z.ZodType<T>,
): Promise<ReadFile<T> | null> {
  const file = await parsedFile(audit, place, parseCanonical);
  if (file?.value === undefined) return file && { ...file, value: undefined };
  const read = shape.safeParse(file.value);
  if (read.success) return { ...file, value: read.data };
  const offences = read.error.issues.map(({ path }) => `${place.name}: ${path.join('.')}`);
  audit.findings.add(
    place.check,
    offences.map((entry) => ({ code: 'file-malformed', entry })),
  );
  return { ...file, value: undefined };
}

/** A file that is not what it should be, as a finding. Whatever else went wrong is thrown again. */
export function findingOf(error: unknown, entry: string): Finding {
  const isTold =
    error instanceof CanonicalError || error instanceof BoardError || error instanceof PublicationError;
  if (!isTold || error.code === 'file-unreadable') throw error;
  return { code: error.code, entry };
}
