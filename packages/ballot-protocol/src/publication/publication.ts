import { concatBytes } from '@noble/hashes/utils.js';
import { PublicationError } from './publication.errors.ts';

/** The public files of a poll (PROTOCOL §7), wherever they are. */
export interface Publication {
  /**
   * The bytes of a file, in order.
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
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of publication.stream(name)) {
    length += chunk.length;
    if (length > most) throw new PublicationError('file-too-large', `${name} has more than ${most} bytes`);
    chunks.push(chunk);
  }
  return concatBytes(...chunks);
}
