import type { projectsInternalRoutes } from '@talkoot/api-contracts/projects';
import { eventOf } from '@talkoot/event-bus';
import { projectFundedV1, projectNotFundedV1 } from '@talkoot/event-contracts';
import { decodeCursor, encodeCursor, inTransaction } from '@talkoot/http-service';
import type { FactData } from '@talkoot/workflow-contracts';
import type { ClientSession } from 'mongoose';
import { z } from 'zod';
import type { HandlersOf, Parts } from '../parts.ts';

type Internal = HandlersOf<typeof projectsInternalRoutes>;
type Allocated = FactData['project']['allocated'] & { projectId: string };
const done = { body: { done: true as const } };
/** Projects told in one transaction: far below the limits of MongoDB. */
const PORTION = 100;

/** What the worker's activities ask of a round. Every route may be repeated: facts are told once under their id. */
export function roundInternalHandlers(
  parts: Parts,
): Pick<
  Internal,
  | 'getRoundPlan'
  | 'listAdmitted'
  | 'closeIdeas'
  | 'closeReview'
  | 'putOnBallot'
  | 'recordAllocation'
  | 'roundAllocated'
> {
  const { connection, record, stores } = parts;
  return {
    async getRoundPlan({ params }) {
      const { _id, pilotId, municipalityId, budget } = await stores.rounds.byId(params.roundId);
      return { body: { roundId: _id, pilotId, municipalityId, budget } };
    },
    async listAdmitted({ params, query }) {
      const after = decodeCursor(query.after, z.string());
      // Those already on the ballot count too, so that a repeated look finds the same.
      const admitted = { phase: { $in: ['admitted', 'on-ballot'] } };
      const rows = await stores.projects.pageInRound(params.roundId, admitted, after, query.limit + 1);
      const items = rows
        .slice(0, query.limit)
        .map(({ _id, reviewedCost, content }) => ({ projectId: _id, cost: reviewedCost ?? content.cost }));
      const last = items.at(-1);
      return {
        body: { items, next: rows.length > query.limit && last ? encodeCursor(last.projectId) : null },
      };
    },
    async closeIdeas({ params: { roundId } }) {
      await stores.rounds.change(null, roundId, { ideasClosed: true });
      const open = { phase: { $in: ['new', 'proposed'] }, thresholdReached: false };
      const ids = await stores.projects.idsInRound(roundId, open);
      await inPortions(parts, ids, async (session, projectId) => {
        const set = { $set: { ideasClosed: true } };
        const closed = await stores.projects.change(session, projectId, set, { thresholdReached: false });
        if (closed) await tell(parts, session, closed, 'ideas-closed', `ideas-closed/${roundId}`, {});
      });
      return done;
    },
    async closeReview({ params: { roundId } }) {
      const ids = await stores.projects.idsInRound(roundId, {
        phase: { $in: ['new', 'proposed', 'qualified'] },
      });
      await inPortions(parts, ids, async (session, projectId) => {
        const project = await stores.projects.byId(projectId, session);
        await tell(parts, session, project, 'review-closed', `review-closed/${roundId}`, {});
      });
      return done;
    },
    async putOnBallot({ params: { roundId }, body: { pollId } }) {
      await stores.rounds.change(null, roundId, { pollId });
      const ids = await stores.projects.idsInRound(roundId, { phase: { $in: ['admitted', 'on-ballot'] } });
      await inPortions(parts, ids, async (session, projectId) => {
        const project = await stores.projects.byId(projectId, session);
        await tell(parts, session, project, 'on-ballot', `on-ballot/${pollId}`, { pollId });
      });
      return done;
    },
    async recordAllocation({ params: { roundId }, body: { pollId, outcome } }) {
      const decided = new Map(outcome.map((one) => [one.projectId, one]));
      await inPortions(parts, [...decided.keys()], (session, projectId) =>
        allocate(parts, session, { roundId, pollId, outcome: decided.get(projectId)! }),
      );
      return done;
    },
    async roundAllocated({ params: { roundId } }) {
      const { pilotId, municipalityId } = await stores.rounds.byId(roundId);
      await inTransaction(connection, (session) =>
        record.report(session, {
          kind: 'pilot',
          lifecycleId: pilotId,
          municipalityId,
          name: 'round-allocated',
          factId: `round-allocated/${roundId}`,
          data: { roundId },
        }),
      );
      return done;
    },
  };
}

async function allocate(
  parts: Parts,
  session: ClientSession,
  given: { roundId: string; pollId: string; outcome: Allocated },
): Promise<void> {
  const { projectId, ...allocation } = given.outcome;
  const still = { roundId: given.roundId, allocation: null };
  const project = await parts.stores.projects.change(session, projectId, { $set: { allocation } }, still);
  // Nothing changed: it was told before.
  if (!project) return;
  const { cost, votes, funded, reasonCode } = allocation;
  const about = {
    aggregateId: projectId,
    municipalityId: project.municipalityId,
    occurredAt: parts.now(),
  };
  const event = funded
    ? eventOf({ event: projectFundedV1, ...about, data: { cost, votes } })
    : eventOf({ event: projectNotFundedV1, ...about, data: { votes, reason: reasonCode } });
  await parts.outbox.appendEvents(session, [event]);
  await tell(parts, session, project, 'allocated', `allocated/${given.pollId}`, allocation);
}

async function inPortions(
  { connection }: Parts,
  ids: readonly string[],
  work: (session: ClientSession, projectId: string) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < ids.length; from += PORTION) {
    await inTransaction(connection, async (session) => {
      for (const id of ids.slice(from, from + PORTION)) await work(session, id);
    });
  }
}

async function tell<N extends keyof FactData['project']>(
  { record }: Parts,
  session: ClientSession,
  project: { _id: string; municipalityId: string },
  name: N,
  factId: string,
  data: FactData['project'][N],
): Promise<void> {
  const { _id: lifecycleId, municipalityId } = project;
  await record.report(session, { kind: 'project', lifecycleId, municipalityId, name, factId, data });
}
