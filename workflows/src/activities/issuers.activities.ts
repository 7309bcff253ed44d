import type { PollWindows } from '@talkoot/api-contracts/ballots';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import type { SealedSeed } from '@talkoot/ballot-protocol';
import { ApplicationFailure } from '@temporalio/common';
import { requireAsked, sha256Of } from './asked.poll.ts';
import type { AskedPoll } from './asked.poll.ts';
import type { About } from './ballots.activities.ts';
import { planWindows } from './charter.calendar.ts';
import type { Clients } from './clients.ts';

/** What both issuers do for a poll, and the manifest that binds them. */
export function issuersActivities({ ballots, projects, payments, identity, auditor }: Clients) {
  return {
    /**
     * Has both issuers freeze who may vote; those who would gain from a bonus are left out of both rolls. Without the
     * answers of both there is no roll: a poll waits for its auditor.
     */
    async freezeRolls(
      poll: PollAbout,
      excludeTeam: boolean,
      asOf: string,
    ): Promise<{ roll: number; enough: boolean }> {
      const { id: pollId, municipalityId, pilotId, projectId } = poll;
      const { charter } = await projects.getCharter({ params: { pilotId } });
      const excluded = excludeTeam && projectId ? await gainersOf({ projects, payments }, projectId) : [];
      const asked = { municipalityId, ...charter.electorate, asOf };
      const { excludedReferences, ...ours } = await identity.freezeRoll({
        params: { pollId },
        body: { ...asked, excluded },
      });
      const theirs = await auditor.freezeRoll({
        params: { pollId },
        body: { ...asked, excluded: [], excludedReferences },
      });
      return ballots.recordRolls({
        params: { pollId },
        body: { issuers: [issuerRollOf(ours), issuerRollOf(theirs)] },
      });
    },

    /** When the phases of a poll end, counted from `since`; null where authorised acts end them. */
    async planPollWindows(poll: About, since: string): Promise<{ windows: PollWindows | null }> {
      const { charter } = await projects.getCharter({ params: { pilotId: poll.pilotId } });
      return { windows: charter.endsBy === 'calendar' ? planWindows(charter, since) : null };
    },

    /**
     * Has both issuers seal their seeds of the lot to the key that the trustees made, and the manifest published: with this
     * question and these windows, or not at all.
     */
    async publishManifest(poll: About, asked: AskedPoll): Promise<{ manifestSha256: string }> {
      const { id: pollId, municipalityId } = poll;
      const { key } = await ballots.getKeyCeremony({ params: { municipalityId, pollId } });
      if (key === null) throw ApplicationFailure.nonRetryable('There is no key yet', 'key-not-made');
      const seal = { params: { pollId }, body: { pollKey: key.commitments[0]! } };
      const [first, second] = await Promise.all([identity.sealLotSeed(seal), auditor.sealLotSeed(seal)]);
      const body = { ...asked, lot: [first, second] as [SealedSeed, SealedSeed] };
      const { manifest } = await ballots.publishManifest({ params: { pollId }, body });
      requireAsked(manifest, asked);
      return { manifestSha256: sha256Of(manifest) };
    },

    /** Has both issuers issue certificates for the manifest of this hash, which each compares with what it published itself. */
    async openIssuance({ id: pollId, municipalityId }: About, manifestSha256: string): Promise<void> {
      const manifest = await ballots.getManifest({ params: { municipalityId, pollId } });
      if (sha256Of(manifest) !== manifestSha256)
        throw ApplicationFailure.nonRetryable(
          'This is not the manifest that was published',
          'manifest-differs',
        );
      const open = { params: { pollId }, body: { manifest } };
      await Promise.all([identity.openIssuance(open), auditor.openIssuance(open)]);
    },

    /** Has both issuers finish their logs, destroy the keys of their certificates and tell how many each desk issued. */
    async closeIssuance(pollId: string): Promise<void> {
      const close = { params: { pollId } };
      const [ours, theirs] = await Promise.all([identity.closeIssuance(close), auditor.closeIssuance(close)]);
      const issuers = [
        { name: 'municipality' as const, desks: ours.desks },
        { name: 'auditor' as const, desks: theirs.desks },
      ];
      await ballots.recordDesks({ params: { pollId }, body: { issuers } });
    },
  };
}

type PollAbout = About & { readonly projectId: string | null };

function issuerRollOf(answer: IssuerRoll): IssuerRoll {
  const { name, modulus, roll, excluded, rollHash, organisation, logKey } = answer;
  return { name, modulus, roll, excluded, rollHash, organisation, logKey };
}

/** The team, which shares in the bonus, and whoever else is paid for the project. */
async function gainersOf(
  { projects, payments }: Pick<Clients, 'projects' | 'payments'>,
  projectId: string,
): Promise<string[]> {
  const { members } = await projects.getTeam({ params: { projectId } });
  const { personIds } = await payments.listInterested({ params: { projectId } });
  return [...new Set([...members.map(({ personId }) => personId), ...personIds])].sort();
}
