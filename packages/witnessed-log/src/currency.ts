import { decideSigning } from '@talkoot/ballot-protocol';
import type { TreeHead, WitnessAnswer } from '@talkoot/ballot-protocol';
import { LogError } from './log.errors.ts';
import type { CosigningParts } from './cosigning.ts';

/**
 * Asks every witness what it last cosigned, and requires that the log has it.
 * @throws LogError `witnesses-silent`, `behind`, `forked`, `damaged`
 */
export async function examine({ clients, policy, tree, onFault }: CosigningParts): Promise<void> {
  const asked = await Promise.allSettled(clients.map((client) => client.begin().last()));
  // Read after the answers: whatever a witness cosigned was durable here before.
  const { size } = await tree.head();
  const answers = await Promise.all(
    asked.map(async (one, at): Promise<WitnessAnswer | undefined> => {
      const witness = clients[at]!.witness.name;
      if (one.status === 'fulfilled') return { witness, last: one.value, ownRoot: await ownRoot(one.value) };
      onFault(witness, one.reason);
      return undefined;
    }),
  );
  const decision = decideSigning(
    policy.witnesses,
    answers.filter((answer) => answer !== undefined),
  );
  if (decision.outcome === 'sign') return;
  const shown = answers.find((answer) => answer?.witness === decision.witness);
  const what = shown
    ? `${shown.witness} cosigned ${shown.last.size}`
    : 'half of the witnesses or fewer answered';
  throw new LogError(decision.code, `${policy.log.name} has ${size} leaves; ${what}`);

  async function ownRoot(last: TreeHead): Promise<Uint8Array | undefined> {
    return last.size > size ? undefined : tree.rootAt(last.size, size);
  }
}
