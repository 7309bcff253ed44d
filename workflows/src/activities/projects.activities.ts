import type { Clients } from './clients.ts';

/** Facts that the worker brings about in the public record. */
export function projectsActivities({ projects, ballots }: Clients) {
  return {
    async closeIdeas(roundId: string): Promise<void> {
      await projects.closeIdeas({ params: { roundId } });
    },

    async closeReview(roundId: string): Promise<void> {
      await projects.closeReview({ params: { roundId } });
    },

    async putOnBallot(roundId: string, pollId: string): Promise<void> {
      await projects.putOnBallot({ params: { roundId }, body: { pollId } });
    },

    /** Tells every project of the round what the poll decided for it, and why nothing is funded if it has no result. */
    async recordAllocation(roundId: string, pollId: string): Promise<{ reasonCode: string | null }> {
      const { outcome: cameOf, allocation } = await ballots.getResult({ params: { pollId } });
      const reasonCode = cameOf === 'counted' ? null : (`poll-${cameOf}` as const);
      if (reasonCode !== null) await recordNothingFunded(projects, { roundId, pollId, reasonCode });
      else {
        const outcome = (allocation?.explanations ?? []).map(({ explanation: _, ...project }) => project);
        await projects.recordAllocation({ params: { roundId }, body: { pollId, outcome } });
      }
      return { reasonCode };
    },

    /** The poll was not decided in time: nothing is funded. */
    async recordNoAllocation(roundId: string, pollId: string): Promise<void> {
      await recordNothingFunded(projects, { roundId, pollId, reasonCode: 'not-voted' });
    },

    async reportRoundAllocated(roundId: string): Promise<void> {
      await projects.roundAllocated({ params: { roundId } });
    },

    /** Locks the criteria with the weights of the vote; of one without a result, as the charter says. */
    async lockCriteria(projectId: string, pollId: string): Promise<{ sha256: string; accepted: number }> {
      const { outcome, ballots: cast, roll, options } = await ballots.getResult({ params: { pollId } });
      const counted = outcome === 'counted';
      const body = { pollId, counted, ballots: cast, roll, options: counted ? options : [] };
      return projects.lockCriteria({ params: { projectId }, body });
    },

    async countMissingBaselines(projectId: string): Promise<number> {
      return (await projects.checkBaselines({ params: { projectId } })).missing.length;
    },

    async startMeasurement(projectId: string): Promise<{ measurementId: string }> {
      return projects.startMeasurement({ params: { projectId } });
    },

    async planMeasurement(measurementId: string): Promise<{ name: string; after: string }[]> {
      return (await projects.getMeasurementPlan({ params: { measurementId } })).collections;
    },

    async completeMeasurement(measurementId: string): Promise<void> {
      await projects.completeMeasurement({ params: { measurementId } });
    },
  };
}

async function recordNothingFunded(
  projects: Clients['projects'],
  { roundId, pollId, reasonCode }: { roundId: string; pollId: string; reasonCode: string },
): Promise<void> {
  const admitted = await listAdmitted(projects, roundId);
  const outcome = admitted.map((project) => ({ ...project, funded: false, votes: 0, reasonCode }));
  await projects.recordAllocation({ params: { roundId }, body: { pollId, outcome } });
}

/** All admitted projects of a round, in the order of their ids. */
export async function listAdmitted(projects: Clients['projects'], roundId: string) {
  const admitted: Awaited<ReturnType<typeof projects.listAdmitted>>['items'] = [];
  let after: string | null = null;
  do {
    const query = { limit: 200, ...(after === null ? {} : { after }) };
    const page: Awaited<ReturnType<typeof projects.listAdmitted>> = await projects.listAdmitted({
      params: { roundId },
      query,
    });
    admitted.push(...page.items);
    after = page.next;
  } while (after !== null);
  return admitted;
}
