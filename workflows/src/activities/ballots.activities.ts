import type { Money } from '@talkoot/api-contracts';
import type { TallyOutcome } from '@talkoot/api-contracts/ballots';
import type { Charter } from '@talkoot/api-contracts/projects';
import { pollIdOf } from '@talkoot/workflow-contracts';
import type { Clients } from './clients.ts';
import { listAdmitted } from './projects.activities.ts';

export interface About {
  readonly id: string;
  readonly municipalityId: string;
  readonly pilotId: string;
  readonly roundId: string | null;
}

/** Polls prepared, and their boards closed, counted and published. */
export function ballotsActivities({ ballots, projects }: Clients) {
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

/** The charter's ballot, where fewer projects were admitted than it allows or asks a voter to choose. */
function ballotOver(projects: number, { ballot }: Charter): Charter['ballot'] {
  const { minChoices, maxChoices } = ballot;
  return {
    ...ballot,
    minChoices: Math.min(minChoices, projects),
    maxChoices: Math.min(maxChoices, projects),
  };
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
