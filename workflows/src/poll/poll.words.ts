import { pollActsIn } from '@talkoot/workflow-contracts';
import type { StateOf } from '@talkoot/workflow-contracts';

/** Who does what in the running wait, and how. */
export function pollActsInWords({ id, stage, facts }: StateOf<'poll'>): string[] {
  if (stage === null) return [];
  return pollActsIn(stage, id, Boolean(facts.windows)).map(
    ({ by, does, command }) => `**${by}** ${does}${command === null ? '' : `: \`${command}\``}`,
  );
}
