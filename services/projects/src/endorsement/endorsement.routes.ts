import type { reviewRoutes } from '@talkoot/api-contracts/projects';
import { eventOf } from '@talkoot/event-bus';
import { projectEndorsementThresholdReachedV1 } from '@talkoot/event-contracts';
import { DomainError, idFrom, once } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { HandlersOf, Parts } from '../parts.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { reachesThreshold, requireEndorsable } from './endorsement.ts';

export function endorsementHandlers(parts: Parts): Pick<HandlersOf<typeof reviewRoutes>, 'endorse'> {
  const { connection, stores, eligibility, now } = parts;
  return {
    async endorse(call) {
      const { municipalityId, projectId } = call.params;
      const personId = call.person.id;
      const project = await stores.projects.get(municipalityId, projectId);
      const { charter } = await stores.pilots.get(municipalityId, project.pilotId);
      await eligibility.require(municipalityId, personId, charter.electorate);
      const _id = idFrom(call.operationId, 'end');
      const body = await once(connection, call, async (session) => {
        const before = await stores.projects.get(municipalityId, projectId, session);
        // Found first: a second endorsement is told apart from an endorsement that comes too late.
        if (await stores.endorsements.has(municipalityId, projectId, personId)) {
          throw new DomainError('already-endorsed');
        }
        requireEndorsable(before, personId);
        const at = now().toISOString();
        await stores.endorsements.insert(session, { _id, municipalityId, projectId, personId, at });
        // The project is written by every endorsement, so that two of them never count the same.
        const after = (await stores.projects.change(session, projectId, { $inc: { endorsements: 1 } }))!;
        if (reachesThreshold(after)) await tellThreshold(parts, session, after, at);
        return { endorsements: after.endorsements, threshold: after.threshold };
      });
      return { body };
    },
  };
}

async function tellThreshold(
  { outbox, record, stores }: Parts,
  session: ClientSession,
  project: ProjectDocument,
  occurredAt: string,
): Promise<void> {
  const { _id: projectId, municipalityId, endorsements, threshold } = project;
  await stores.projects.change(session, projectId, { $set: { thresholdReached: true } });
  const data = { endorsements, threshold };
  const facts = { aggregateId: projectId, municipalityId, occurredAt, data };
  await outbox.appendEvents(session, [eventOf({ event: projectEndorsementThresholdReachedV1, ...facts })]);
  await record.report(session, {
    kind: 'project',
    lifecycleId: projectId,
    municipalityId,
    name: 'threshold-reached',
    factId: 'threshold-reached',
    data: { endorsements },
  });
}
