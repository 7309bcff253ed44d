import type { projectsInternalRoutes } from '@talkoot/api-contracts/projects';
import { inTransaction } from '@talkoot/http-service';
import { initialState } from '@talkoot/workflow-contracts';
import type { ClientSession } from 'mongoose';
import type { HandlersOf, Parts } from '../parts.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { BASELINE, measuredCriteria, missingIn, plannedCollections } from './observation.ts';

type Internal = HandlersOf<typeof projectsInternalRoutes>;

/** What the worker's activities ask of measurements. Every route may be repeated. */
export function measurementInternalHandlers(
  parts: Parts,
): Pick<Internal, 'checkBaselines' | 'startMeasurement' | 'completeMeasurement' | 'getMeasurementPlan'> {
  const { connection, record, stores } = parts;
  return {
    async checkBaselines({ params: { projectId } }) {
      const project = await stores.projects.byId(projectId);
      const standing = await stores.measurements.standing(projectId);
      return { body: { missing: missingIn(BASELINE, measuredCriteria(project), standing) } };
    },
    async startMeasurement({ params: { projectId } }) {
      const measurementId = await inTransaction(connection, (session) => start(parts, session, projectId));
      return { body: { measurementId } };
    },
    async getMeasurementPlan({ params: { measurementId } }) {
      const { collections } = await stores.measurements.measurementById(measurementId);
      return { body: { collections } };
    },
    async completeMeasurement({ params: { measurementId } }) {
      const { projectId, municipalityId } = await stores.measurements.measurementById(measurementId);
      await inTransaction(connection, (session) =>
        record.report(session, {
          kind: 'project',
          lifecycleId: projectId,
          municipalityId,
          name: 'measured',
          factId: `measured/${measurementId}`,
          data: { measurementId },
        }),
      );
      return { body: { done: true } };
    },
  };
}

async function start(
  { record, stores, now }: Parts,
  session: ClientSession,
  projectId: string,
): Promise<string> {
  const known = await stores.measurements.measurementOf(projectId, session);
  if (known) return known._id;
  const project: ProjectDocument = await stores.projects.byId(projectId, session);
  const { municipalityId, pilotId, roundId } = project;
  const { charter } = await stores.pilots.get(municipalityId, pilotId, session);
  // With no accepted criterion there is nothing to collect.
  const durations = measuredCriteria(project).length > 0 ? charter.measurement.collections : [];
  const measurementId = `mea-${projectId.slice(projectId.indexOf('-') + 1)}`;
  await stores.measurements.insertMeasurement(session, {
    _id: measurementId,
    municipalityId,
    projectId,
    pilotId,
    collections: plannedCollections(durations),
    phase: 'new',
    closedBy: null,
    at: now().toISOString(),
  });
  await stores.projects.change(session, projectId, { $set: { measurementId } });
  const ids = { id: measurementId, municipalityId, pilotId, roundId, projectId };
  await record.start(session, 'measurement', initialState('measurement', ids));
  return measurementId;
}
