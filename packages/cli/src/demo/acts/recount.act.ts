import { encodeReceipt } from '@talkoot/ballot-protocol';
import { PublicationError, sitePublication, verify } from '@talkoot/ballot-protocol/verifier';
import type { Report as Recount } from '@talkoot/ballot-protocol/verifier';
import { repeatedly } from '../patience.ts';
import { forEach, municipalityOf } from '../play.ts';
import type { Play, PlayedPoll } from '../play.ts';
import type { Report } from '../progress.ts';

/** Something in a published poll does not hold. */
export class RecountFailed extends Error {
  override readonly name = 'RecountFailed';
}

/** Anybody recounts every poll from its public files, and a voter looks up what became of their ballot. */
export async function votesAreRecounted(play: Play, report: Report): Promise<void> {
  await forEach(
    report,
    play.polls,
    async (poll) => {
      const recount = await repeatedly(() => recounted(play, poll), isUnreadable);
      requireHolding(poll, recount);
      poll.recount = recount;
      const passed = recount.checks.filter(({ state }) => state === 'passed').length;
      report.say(`${titleOf(poll)}: ${passed} of ${recount.checks.length} checks passed`);
    },
    2,
  );
}

function recounted(play: Play, { pollId, receipts }: PlayedPoll): Promise<Recount> {
  const { municipalityId } = municipalityOf(play);
  const place = `${play.stack.urls.ballots}/v1/m/${municipalityId}/polls/${pollId}/publication`;
  return verify(sitePublication(place), { receipt: encodeReceipt(receipts.at(-1)!.receipt) });
}

const isUnreadable = (error: unknown) =>
  error instanceof PublicationError && error.code === 'file-unreadable';

function requireHolding(poll: PlayedPoll, { holds, checks, receipt }: Recount): void {
  if (holds && receipt?.outcome === 'counted') return;
  const faults = checks.flatMap(({ name, state, findings }) =>
    state === 'passed'
      ? []
      : [`${name} ${state}: ${findings.map(({ code, entry }) => `${code} at ${entry}`).join(', ')}`],
  );
  throw new RecountFailed(
    `${titleOf(poll)} (${poll.pollId}): ${[...faults, `receipt ${receipt?.outcome}`].join('; ')}`,
  );
}

export const titleOf = ({ kind, project }: PlayedPoll): string => (project ? `${kind} of ${project}` : kind);
