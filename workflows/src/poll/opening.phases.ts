import { pollKindOf } from '@talkoot/workflow-contracts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';

export type Poll = Lifecycle<'poll'>;

/** Who may vote is fixed before the first vote; whoever gains from a bonus has no vote on it. */
export async function freezeRolls(poll: Poll): Promise<void> {
  await poll.hold('roll-freeze');
  if (!poll.isIdleIn('prepared')) return;
  const isBonus = pollKindOf(poll.about) === 'bonus';
  const asOf = new Date().toISOString();
  const { roll, enough } = await poll.effect(
    'freeze the electoral rolls',
    'freezeRolls',
    poll.about,
    isBonus,
    asOf,
  );
  if (!enough) return giveUp(poll, roll);
  poll.advance('roll-frozen', {
    phase: 'roll-frozen',
    stage: poll.facts.keyMade ? null : 'key-ceremony',
    facts: { roll },
    data: { roll },
  });
}

/** Among so few everybody could tell who voted how. */
function giveUp(poll: Poll, roll: number): void {
  const reasonCode = 'roll-too-small';
  poll.advance('not-held', { phase: 'not-held', facts: { roll, reasonCode }, data: { roll, reasonCode } });
}

export const makeKey = (poll: Poll) => poll.hold('key-ceremony');

/**
 * Everything that certificates and ballots are bound to is published before the first certificate. A manifest that asks something
 * else than was prepared, or has other windows than were planned, opens nothing.
 */
export async function openIssuance(poll: Poll): Promise<void> {
  if (!poll.isIdleIn('roll-frozen')) return;
  if (poll.facts.windows === undefined) await planWindows(poll);
  const { about, facts } = poll;
  const asked = { questionSha256: facts.questionSha256 ?? '', windows: facts.windows ?? null };
  const { manifestSha256 } = await poll.effect('publish the manifest', 'publishManifest', about, asked);
  await poll.effect('have both issuers issue certificates', 'openIssuance', about, manifestSha256);
  poll.advance('manifest-published', {
    phase: 'key-made',
    stage: 'opening',
    facts: { manifestSha256 },
    data: { manifestSha256 },
  });
}

/** On record before anybody writes them into a manifest: the poll keeps to them whatever the charter says later. */
async function planWindows(poll: Poll): Promise<void> {
  const since = new Date().toISOString();
  const { windows } = await poll.effect('compute when the phases end', 'planPollWindows', poll.about, since);
  poll.advance('windows-planned', { facts: { windows }, data: { windows } });
}

export const takeVotes = (poll: Poll) => poll.hold('opening', 'voting');
