import { joinBytes } from '../bytes.join.ts';
import { PublicationError } from './publication.errors.ts';

/** The public files of a poll (PROTOCOL §7), wherever they are. */
export interface Publication {
  /**
   * The bytes of a file, in order. Whoever has enough of them stops reading, and the rest is not fetched.
   * @throws PublicationError `file-missing`, `file-unreadable`, also while it is being read
   */
  stream(name: string): AsyncIterable<Uint8Array>;
}

/**
 * A whole file.
 * @param most bytes; a larger file is not read to its end
 * @throws PublicationError `file-missing`, `file-unreadable`, `file-too-large`
 */
export async function wholeFile(publication: Publication, name: string, most: number): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of boundedFile(publication, name, most)) pieces.push(piece);
  return joinBytes(pieces);
}

/**
 * The bytes of a file that may have so many.
 * @throws PublicationError `file-missing`, `file-unreadable`; `file-too-large` once those bytes are handed out
 */
export function boundedFile(publication: Publication, name: string, most: number): AsyncIterable<Uint8Array> {
  return firstBytes(publication, name, most, () => {
    throw new PublicationError('file-too-large', `${name} has more than ${most} bytes`);
  });
}

/**
 * The first bytes of a file, at most so many.
 * @param onMore called after the last of them if the file has more
 * @throws PublicationError `file-missing`, `file-unreadable`
 */
export async function* firstBytes(
  publication: Publication,
  name: string,
  most: number,
  onMore: () => void,
): AsyncGenerator<Uint8Array> {
  let left = most;
  for await (const piece of publication.stream(name)) {
    if (piece.length > left) {
      if (left > 0) yield piece.subarray(0, left);
      onMore();
      return;
    }
    left -= piece.length;
    yield piece;
  }
}
