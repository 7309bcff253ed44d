import { addCosignatures, requireStanding, signCheckpoint } from '@talkoot/ballot-protocol';
import type { NoteSignature, SignedCheckpoint, TreeHead } from '@talkoot/ballot-protocol';
import { LogError } from './log.errors.ts';
import type { LogIdentity, LogPolicy } from './log.identity.ts';
import type { StoredTree } from './stored.tree.ts';
import type { WitnessClient } from './witness.client.ts';

/** Times one witness is asked for one checkpoint: first from a guessed size, then from the one it names. */
const mostRequests = 3;

export interface CosigningParts {
  readonly identity: LogIdentity;
  readonly policy: LogPolicy;
  readonly clients: readonly WitnessClient[];
  readonly tree: StoredTree;
  readonly onFault: (witness: string, fault: unknown) => void;
}

/**
 * A head signed by its log and cosigned by more than half of the witnesses, all of whom are asked at once.
 * @returns nothing if too few cosigned
 * @throws LogError `damaged`
 */
export async function cosignedCheckpoint(
  { identity, policy, clients, tree, onFault }: CosigningParts,
  { size, root }: TreeHead,
): Promise<SignedCheckpoint | undefined> {
  const { origin, secretKey } = identity;
  const signed = signCheckpoint({ origin, size, root }, secretKey);
  const likely = Math.min((await tree.standing())?.size ?? 0, size);
  const asked = await Promise.allSettled(clients.map((client) => lineOf(client, tree, signed, likely)));
  const lines = asked.flatMap((one, at) => {
    if (one.status === 'fulfilled') return [one.value];
    if (one.reason instanceof LogError) throw one.reason;
    onFault(clients[at]!.witness.name, one.reason);
    return [];
  });
  if (lines.length < policy.quorum) return undefined;
  const checkpoint = addCosignatures(signed, lines, policy);
  requireStanding(checkpoint, policy);
  return checkpoint;
}

async function lineOf(
  client: WitnessClient,
  tree: StoredTree,
  checkpoint: SignedCheckpoint,
  likely: number,
): Promise<NoteSignature> {
  const call = client.begin();
  let from = likely;
  for (let requests = 0; requests < mostRequests; requests += 1) {
    const proof = await tree.consistency(from, checkpoint.size);
    const answer = await call.cosign(checkpoint, from, proof);
    if (answer.outcome === 'cosigned') return answer.line;
    if (answer.size > checkpoint.size || answer.size === from) {
      throw new Error(`it cosigned another tree, of ${answer.size} leaves`);
    }
    from = answer.size;
  }
  throw new Error(`it asks for a proof from yet another size, ${from}`);
}
