import type { measurementRoutes, ObservationShape } from '@talkoot/api-contracts/projects';
import { DomainError, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { z } from 'zod';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import { isBeforeWork } from '../proposal/project.ts';
import { requireDisinterested } from '../staffing/interest.ts';
import { feedHandlers } from './feed.routes.ts';
import { readObservations } from './observation.csv.ts';
import type { WithdrawalDocument } from './measurement.store.ts';
import { BASELINE, lineOffence, measuredCriteria, missingIn } from './observation.ts';
import type { ObservationDocument } from './observation.ts';
import { addObservations, measuringRules, observationsFrom } from './recording.ts';
import { sideEffectHandlers } from './side-effect.routes.ts';
import { withdrawalHandlers } from './withdrawal.routes.ts';

type Handlers = HandlersOf<typeof measurementRoutes>;

export function measurementHandlers(parts: Parts): Handlers {
  return {
    ...observing(parts),
    ...plans(parts),
    ...feedHandlers(parts),
    ...withdrawalHandlers(parts),
    ...sideEffectHandlers(parts),
  };
}

function observing(
  parts: Parts,
): Pick<Handlers, 'recordObservation' | 'importObservations' | 'listObservations'> {
  const { connection, stores } = parts;
  return {
    async recordObservation(call) {
      const { municipalityId, projectId } = call.params;
      const { corrects, ...reading } = call.body;
      const project = await stores.projects.get(municipalityId, projectId);
      await requireDisinterested(parts, project, call.person.id, 'team-member-measures');
      const flaw = (await measuringRules(parts, project)).flaw(reading);
      if (flaw) throw new DomainError(flaw);
      const recorder = { via: 'hand', by: call.person.id } as const;
      const [one] = observationsFrom(parts, project, recorder, [{ seed: call.operationId, reading }]);
      const observation = { ...one!, corrects: corrects ?? null };
      const body = await once(connection, call, async (session) => {
        if (corrects) {
          const earlier = await stores.measurements.findObservation(projectId, corrects, session);
          const { phase } = await stores.projects.get(municipalityId, projectId, session);
          requireCorrectable(earlier, observation, phase);
          await stores.measurements.markCorrected(session, corrects, observation._id);
        }
        await addObservations(parts, session, projectId, call.person.id, [observation]);
        return shown(observation, new Map());
      });
      return { body };
    },
    async importObservations(call) {
      const { municipalityId, projectId } = call.params;
      const project = await stores.projects.get(municipalityId, projectId);
      await requireDisinterested(parts, project, call.person.id, 'team-member-measures');
      const read = readObservations(call.body);
      if ('offences' in read) throw new DomainError('csv-malformed', undefined, read.offences);
      const { flaw } = await measuringRules(parts, project);
      const offences = read.flatMap(({ line, reading }) => {
        const found = flaw(reading);
        return found ? [lineOffence(line, found)] : [];
      });
      if (offences.length > 0) throw new DomainError('csv-malformed', undefined, offences.slice(0, 50));
      const readings = read.map(({ line, reading }) => ({ seed: `${call.operationId}/${line}`, reading }));
      const observations = observationsFrom(parts, project, { via: 'csv', by: call.person.id }, readings);
      const body = await once(connection, call, async (session) => {
        const places = read.map(({ line }) => `line.${line}`);
        await addObservations(parts, session, projectId, call.person.id, observations, places);
        return { imported: observations.length };
      });
      return { body };
    },
    async listObservations({ params, query }) {
      const { criterionId, ...page } = query;
      const { municipalityId, projectId } = params;
      await stores.projects.get(municipalityId, projectId);
      const listed = await stores.measurements.listObservations(municipalityId, projectId, criterionId, page);
      const ids = new Set(listed.items.flatMap(({ withdrawnBy }) => withdrawnBy ?? []));
      const withdrawals = await stores.measurements.withdrawalsAmong([...ids]);
      return { body: mapPage(listed, (one) => shown(one, withdrawals)) };
    },
  };
}

function plans(parts: Parts): Pick<Handlers, 'getMeasurement' | 'closeMeasurement'> {
  const { connection, record, stores } = parts;
  return {
    async getMeasurement({ params }) {
      const { municipalityId, measurementId } = params;
      const measurement = await stores.measurements.getMeasurement(municipalityId, measurementId);
      const project = await stores.projects.get(municipalityId, measurement.projectId);
      const standing = await stores.measurements.standing(project._id);
      const criteria = measuredCriteria(project);
      const collections = measurement.collections.map((collection) => ({
        ...collection,
        missing: missingIn(collection.name, criteria, standing),
      }));
      const lifecycle = await record.view('measurement', measurementId, municipalityId);
      const { projectId, phase, at } = measurement;
      return { body: { measurementId, projectId, phase, startedAt: at, collections, lifecycle } };
    },
    async closeMeasurement(call) {
      const { municipalityId, measurementId } = call.params;
      const reason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      const check = async () => {
        const { projectId } = await stores.measurements.getMeasurement(municipalityId, measurementId);
        const project = await stores.projects.get(municipalityId, projectId);
        await requireDisinterested(parts, project, call.person.id, 'assessor-on-team');
      };
      const about = { kind: 'measurement', lifecycleId: measurementId, municipalityId } as const;
      const decision = {
        ...about,
        name: 'close-measurement',
        as: 'assessor',
        data: { reason },
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}

/** A correction is of the same reading: criterion, collection, group and period stay; once the work has begun, a baseline's instant too. */
function requireCorrectable(
  earlier: ObservationDocument | null,
  by: ObservationDocument,
  phase: string,
): void {
  const same =
    earlier?.criterionId === by.criterionId &&
    earlier.collection === by.collection &&
    earlier.group === by.group &&
    earlier.period === by.period &&
    (by.collection !== BASELINE || isBeforeWork(phase) || earlier.observedAt === by.observedAt);
  if (!earlier || !same) throw new DomainError('observation-unknown');
  if (earlier.correctedBy) throw new DomainError('already-corrected');
}

function shown(
  one: ObservationDocument,
  withdrawals: ReadonlyMap<string, WithdrawalDocument>,
): z.infer<typeof ObservationShape> {
  const { _id, municipalityId: _, recordedBy, readingKey: __, withdrawnBy, ...rest } = one;
  const feedId = one.via === 'feed' ? recordedBy : null;
  const withdrawal = withdrawnBy === null ? undefined : withdrawals.get(withdrawnBy);
  const withdrawn = withdrawal
    ? { withdrawalId: withdrawal._id, reason: withdrawal.reason, at: withdrawal.at }
    : null;
  return { observationId: _id, ...rest, feedId, withdrawn };
}
