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

    /** Tells every project of the round what the published poll decided for it. */
    async recordAllocation(roundId: string, pollId: string): Promise<void> {
      const { allocation } = await ballots.getResult({ params: { pollId } });
      const outcome = (allocation?.explanations ?? []).map(({ explanation: _, ...project }) => project);
      await projects.recordAllocation({ params: { roundId }, body: { pollId, outcome } });
    },

    /** The poll came to no result: nothing is funded. */
    async recordNoAllocation(roundId: string, pollId: string): Promise<void> {
      const admitted = await listAdmitted(projects, roundId);
      const outcome = admitted.map((project) => ({
        ...project,
        funded: false,
        votes: 0,
        reasonCode: 'not-voted',
      }));
      await projects.recordAllocation({ params: { roundId }, body: { pollId, outcome } });
    },

    async reportRoundAllocated(roundId: string): Promise<void> {
      await projects.roundAllocated({ params: { roundId } });
    },

    /** Locks the criteria with the weights of the published vote. */
    async lockCriteria(projectId: string, pollId: string): Promise<{ sha256: string; accepted: number }> {
      const { ballots: cast, roll, options } = await ballots.getResult({ params: { pollId } });
      return projects.lockCriteria({ params: { projectId }, body: { pollId, ballots: cast, roll, options } });
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
