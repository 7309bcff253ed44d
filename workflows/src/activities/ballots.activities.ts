import type { Money } from '@talkoot/api-contracts';
import { PollWindowsShape } from '@talkoot/api-contracts/ballots';
import type { PollWindows, TallyOutcome } from '@talkoot/api-contracts/ballots';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import type { Charter } from '@talkoot/api-contracts/projects';
import { pollIdOf } from '@talkoot/workflow-contracts';
import { z } from 'zod';
import { planWindows } from './charter.calendar.ts';
import type { Clients } from './clients.ts';
import { listAdmitted } from './projects.activities.ts';

export interface About {
  readonly id: string;
  readonly municipalityId: string;
  readonly pilotId: string;
  readonly roundId: string | null;
}

/** Polls prepared, opened, closed and counted. */
export function ballotsActivities({ ballots, projects, identity, auditor }: Clients) {
  return {
    /** Prepares the vote of a round over all its admitted projects; null when there are none. */
    async preparePrioritisation(round: About, budget: Money): Promise<{ pollId: string | null }> {
      const { id, municipalityId, pilotId } = round;
      const admitted = await listAdmitted(projects, id);
      if (admitted.length === 0) return { pollId: null };
      const { charter } = await projects.getCharter({ params: { pilotId } });
      return ballots.preparePoll({
        params: { pollId: pollIdOf.prioritisation(id) },
        body: {
          kind: 'prioritisation',
          municipalityId,
          pilotId,
          roundId: id,
          projectId: null,
          reportTo: { kind: 'round', id },
          options: admitted.map(({ projectId, cost }) => ({ optionId: projectId, cost })),
          budget,
          ballot: ballotOver(admitted.length, charter),
          allocation: charter.allocation,
          protocol: charter.poll,
        },
      });
    },

    /** Citizens approve or reject each impact criterion. */
    async prepareCriteriaVote(project: About): Promise<{ pollId: string }> {
      const { criteria } = await projects.listCriteria({ params: { projectId: project.id } });
      const options = criteria.map(({ criterionId }) => criterionId);
      return ballots.preparePoll(await projectPoll(projects, 'criteria', project, options));
    },

    /** Citizens accept or reject each side effect and choose the share of the bonus to pay. */
    async prepareBonusVote(project: About): Promise<{ pollId: string }> {
      const { sideEffects } = await projects.getBonusQuestion({ params: { projectId: project.id } });
      const options = sideEffects.map(({ sideEffectId }) => sideEffectId);
      return ballots.preparePoll(await projectPoll(projects, 'bonus', project, options));
    },

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
      const excluded = excludeTeam && projectId ? await teamOf(projects, projectId) : [];
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

    /** Has the manifest published, with windows counted from `since` where deadlines end the phases; the first one stays. */
    async publishManifest(poll: About, since: string): Promise<Published> {
      const { charter } = await projects.getCharter({ params: { pilotId: poll.pilotId } });
      const planned = charter.endsBy === 'calendar' ? planWindows(charter, since) : null;
      const published = await ballots.publishManifest({
        params: { pollId: poll.id },
        body: { windows: planned },
      });
      // A repeated call finds the windows that an earlier one published.
      const { windows } = PublishedWindows.parse(JSON.parse(published.manifest));
      return { manifestSha256: published.manifestSha256, windows };
    },

    /** Has both issuers issue certificates for this manifest, which each compares with what it published itself. */
    async openIssuance({ id: pollId, municipalityId }: About): Promise<void> {
      const manifest = await ballots.getManifest({ params: { municipalityId, pollId } });
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

    async closeBoard(pollId: string): Promise<{ leaves: number }> {
      return ballots.closeBoard({ params: { pollId } });
    },

    async settleComplaints(pollId: string): Promise<{ ballots: number; enough: boolean }> {
      return ballots.settleComplaints({ params: { pollId } });
    },

    async tallyPoll(pollId: string, outcome: TallyOutcome): Promise<{ ballots: number; sha256: string }> {
      const { ballots: counted, sha256 } = await ballots.tallyPoll({ params: { pollId }, body: { outcome } });
      return { ballots: counted, sha256 };
    },

    async publishPollFiles(pollId: string): Promise<{ files: number }> {
      const { files } = await ballots.publishPollFiles({ params: { pollId } });
      return { files: files.length };
    },
  };
}

type PollAbout = About & { readonly projectId: string | null };
interface Published {
  readonly manifestSha256: string;
  readonly windows: PollWindows | null;
}

/** What the worker reads of a manifest. */
const PublishedWindows = z.object({ windows: PollWindowsShape.nullable() });

/** The charter's ballot, where fewer projects were admitted than it allows or asks a voter to choose. */
function ballotOver(projects: number, { ballot }: Charter): Charter['ballot'] {
  const { minChoices, maxChoices } = ballot;
  return {
    ...ballot,
    minChoices: Math.min(minChoices, projects),
    maxChoices: Math.min(maxChoices, projects),
  };
}

function issuerRollOf(answer: IssuerRoll): IssuerRoll {
  const { name, modulus, roll, excluded, rollHash, organisation, logKey, lotCommitment } = answer;
  return { name, modulus, roll, excluded, rollHash, organisation, logKey, lotCommitment };
}

const ballotTypes = { criteria: 'yes-no', bonus: 'bonus' } as const;

async function projectPoll(
  projects: Clients['projects'],
  kind: keyof typeof ballotTypes,
  project: About,
  optionIds: readonly string[],
) {
  const { id, municipalityId, pilotId, roundId } = project;
  const { charter } = await projects.getCharter({ params: { pilotId } });
  return {
    params: { pollId: pollIdOf[kind](id) },
    body: {
      kind,
      municipalityId,
      pilotId,
      roundId,
      projectId: id,
      reportTo: { kind: 'project' as const, id },
      options: optionIds.map((optionId) => ({ optionId, cost: null })),
      budget: null,
      ballot: { type: ballotTypes[kind], minChoices: 0, maxChoices: optionIds.length },
      allocation: null,
      protocol: charter.poll,
    },
  };
}

async function teamOf(projects: Clients['projects'], projectId: string): Promise<string[]> {
  const { members } = await projects.getTeam({ params: { projectId } });
  return [...new Set(members.map(({ personId }) => personId))].sort();
}
