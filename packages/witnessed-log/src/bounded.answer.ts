/** Most that a witness may answer: a note with all its signatures, and JSON around it. */
const mostBytes = 256 * 1024;

/**
 * The text of an answer, if it is no longer than a witness's may be.
 * @throws Error when it is
 */
export async function boundedText(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > mostBytes) throw new Error(`an answer of more than ${mostBytes} bytes`);
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}
