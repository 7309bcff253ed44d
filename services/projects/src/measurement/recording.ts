import { eventOf } from '@talkoot/event-bus';
import { projectObservationRecordedV1 } from '@talkoot/event-contracts';
import { DomainError, idFrom } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { Parts } from '../parts.ts';
import { isVoteSettled, requirePhase } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { requireOutsider } from '../staffing/interest.ts';
import {
  BASELINE,
  collectionWindows,
  flawOfReading,
  measuredCriteria,
  missingIn,
  phasesFor,
  plannedCollections,
  readingKeyOf,
} from './observation.ts';
import type { ObservationDocument, Reading, ReadingFlaw } from './observation.ts';

/** Of what is wrong, so much is told at once. */
export const MOST_OFFENCES = 50;

export interface Recorder {
  readonly via: ObservationDocument['via'];
  readonly by: string;
}

/** What a reading of this project is checked against. @throws DomainError `criteria-not-locked` */
export async function measuringRules({ stores, now }: Parts, project: ProjectDocument) {
  if (!project.lock) throw new DomainError('criteria-not-locked');
  const { charter } = await stores.pilots.get(project.municipalityId, project.pilotId);
  const measurement = await stores.measurements.measurementOf(project._id);
  const criteria = measuredCriteria(project);
  const startedAt = measurement?.at ?? null;
  const plan = measurement?.collections ?? plannedCollections(charter.measurement.collections);
  // An appeal mends what was measured: what happened after the assessment is no part of it.
  const assessed = isVoteSettled(project) ? project.reopened!.signedAt : null;
  const collections = collectionWindows(plan, startedAt, charter).map((window) => ({
    ...window,
    until: earlier(window.until, assessed),
  }));
  return {
    flaw: (reading: Reading): ReadingFlaw | null =>
      flawOfReading(reading, { criteria, collections, startedAt, now: now() }),
  };
}

/** The earlier of two limits; null is none. */
function earlier(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b;
  return Date.parse(a) < Date.parse(b) ? a : b;
}

/** Documents of readings; each id follows from the operation and the place in it, so a repetition makes the same. */
export function observationsFrom(
  { now }: Parts,
  project: ProjectDocument,
  recorder: Recorder,
  readings: readonly { seed: string; reading: Reading }[],
): ObservationDocument[] {
  const at = now().toISOString();
  return readings.map(({ seed, reading }) => ({
    _id: idFrom(seed, 'obs'),
    municipalityId: project.municipalityId,
    projectId: project._id,
    ...reading,
    unitName: reading.unitName ?? null,
    period: reading.period ?? null,
    readingKey: readingKeyOf(reading),
    via: recorder.via,
    recordedBy: recorder.by,
    corrects: null,
    correctedBy: null,
    withdrawnBy: null,
    at,
  }));
}

/**
 * Adds observations with their events, and tells the lifecycles what they complete. Inside a transaction.
 * @param measurer who took them, or made the feed that did; may have joined the team since they were asked
 * @param places where each came from, for refusals
 * @throws DomainError `team-member-measures`, `interested-party`, `wrong-phase`, `duplicate-observation`
 */
export async function addObservations(
  parts: Parts,
  session: ClientSession,
  projectId: string,
  measurer: string,
  observations: readonly ObservationDocument[],
  places: readonly string[] = [],
): Promise<void> {
  const { outbox, stores } = parts;
  // Written, not only read: two recordings that together complete a collection must not overlook each other.
  const project = await stores.projects.change(session, projectId, {
    $inc: { observations: observations.length },
  });
  if (!project) throw new DomainError('not-found');
  requireOutsider(project, measurer, 'team-member-measures');
  for (const one of observations) requirePhase(project, phasesFor(one));
  await requireFirst(parts, session, observations, places);
  await stores.measurements.insertObservations(session, [...observations]);
  const about = {
    event: projectObservationRecordedV1,
    aggregateId: projectId,
    municipalityId: project.municipalityId,
  };
  const events = observations.map(({ _id, criterionId, observedAt, value, at }) =>
    eventOf({ ...about, occurredAt: at, data: { criterionId, observationId: _id, at: observedAt, value } }),
  );
  await outbox.appendEvents(session, events);
  await tellCompleted(parts, session, project, new Set(observations.map(({ collection }) => collection)));
}

/** Nobody measures the same twice by repeating it: what is wrong is corrected. @throws DomainError `duplicate-observation` */
async function requireFirst(
  { stores }: Parts,
  session: ClientSession,
  observations: readonly ObservationDocument[],
  places: readonly string[],
): Promise<void> {
  const projectId = observations[0]!.projectId;
  const keys = observations.map(({ readingKey }) => readingKey);
  const seen = await stores.measurements.standingKeys(projectId, keys, session);
  const repeated = keys.flatMap((key, index) => {
    const known = seen.has(key);
    seen.add(key);
    return known ? [{ at: places[index] ?? 'body', message: 'duplicate-observation' }] : [];
  });
  if (repeated.length > 0)
    throw new DomainError('duplicate-observation', undefined, repeated.slice(0, MOST_OFFENCES));
}

async function tellCompleted(
  { record, stores }: Parts,
  session: ClientSession,
  project: ProjectDocument,
  collections: ReadonlySet<string>,
): Promise<void> {
  const { _id: projectId, municipalityId } = project;
  const standing = await stores.measurements.standing(projectId, session);
  const criteria = measuredCriteria(project);
  for (const collection of collections) {
    if (missingIn(collection, criteria, standing).length > 0) continue;
    if (collection === BASELINE) {
      if (project.phase !== 'staffing') continue;
      const fact = { name: 'baselines-recorded', factId: 'baselines-recorded', data: {} };
      await record.report(session, { kind: 'project', lifecycleId: projectId, municipalityId, ...fact });
      continue;
    }
    const measurement = await stores.measurements.measurementOf(projectId, session);
    if (!measurement) continue;
    const fact = {
      name: 'collection-complete',
      factId: `collection-complete/${collection}`,
      data: { collection },
    };
    await record.report(session, {
      kind: 'measurement',
      lifecycleId: measurement._id,
      municipalityId,
      ...fact,
    });
  }
}
