import type { Money } from '@talkoot/api-contracts';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import { pollIdOf } from '@talkoot/workflow-contracts';
import type { Clients } from './clients.ts';
import { listAdmitted } from './projects.activities.ts';

export interface About {
  readonly id: string;
  readonly municipalityId: string;
  readonly pilotId: string;
  readonly roundId: string | null;
}

/** Polls prepared and counted. */
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
          ballot: charter.ballot,
        },
      });
    },

    /** Citizens approve or reject each impact criterion. */
    async prepareCriteriaVote(project: About): Promise<{ pollId: string }> {
      const { criteria } = await projects.listCriteria({ params: { projectId: project.id } });
      const options = criteria.map(({ criterionId }) => criterionId);
      return ballots.preparePoll(projectPoll('criteria', 'yes-no', project, options));
    },

    /** Citizens accept or reject each side effect and choose the share of the bonus to pay. */
    async prepareBonusVote(project: About): Promise<{ pollId: string }> {
      const { sideEffects } = await projects.getBonusQuestion({ params: { projectId: project.id } });
      const options = sideEffects.map(({ sideEffectId }) => sideEffectId);
      return ballots.preparePoll(projectPoll('bonus', 'bonus', project, options));
    },

    /**
     * Has both issuers freeze who may vote; those who would gain from a bonus are left out of both rolls. Without the
     * answers of both there is no roll: a poll waits for its auditor.
     */
    async freezeRoll(
      poll: About & { readonly projectId: string | null },
      excludeTeam: boolean,
      asOf: string,
    ): Promise<{ roll: number }> {
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
      const { roll } = await ballots.recordRolls({
        params: { pollId },
        body: { issuers: [issuerRollOf(ours), issuerRollOf(theirs)] },
      });
      return { roll };
    },

    async tallyPoll(pollId: string): Promise<{ ballots: number; sha256: string }> {
      const { ballots: cast, sha256 } = await ballots.tallyPoll({ params: { pollId } });
      return { ballots: cast, sha256 };
    },
  };
}

function issuerRollOf({ name, modulus, roll, excluded, rollHash }: IssuerRoll): IssuerRoll {
  return { name, modulus, roll, excluded, rollHash };
}

function projectPoll(
  kind: 'criteria' | 'bonus',
  type: 'yes-no' | 'bonus',
  project: About,
  optionIds: readonly string[],
) {
  const { id, municipalityId, pilotId, roundId } = project;
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
      ballot: { type, minChoices: 0, maxChoices: optionIds.length },
    },
  };
}

async function teamOf(projects: Clients['projects'], projectId: string): Promise<string[]> {
  const { members } = await projects.getTeam({ params: { projectId } });
  return [...new Set(members.map(({ personId }) => personId))].sort();
}
