import { createClient } from '@talkoot/api-contracts';
import { witnessApi } from '@talkoot/api-contracts/witness';
import { encodeWitnessRequest } from '@talkoot/ballot-protocol';
import type { SignedCheckpoint } from '@talkoot/ballot-protocol';

/**
 * Has a witness that knows nothing of a log cosign a checkpoint of it: from then on it signs only what continues that. A witness
 * that knows the log already refuses or keeps to what it knows.
 * @throws what the client throws
 */
export async function teach(baseUrl: string, checkpoint: SignedCheckpoint): Promise<void> {
  const witness = createClient(witnessApi, { baseUrl, deadlineMs: 10_000 });
  const request = encodeWitnessRequest({ oldSize: 0, proof: [], checkpoint });
  await witness.addCheckpoint({ body: Buffer.from(request).toString() });
}

/** The largest tree among those that are shown of one log. */
export const largestOf = (shown: readonly SignedCheckpoint[]): SignedCheckpoint =>
  shown.reduce((largest, one) => (one.size > largest.size ? one : largest));
