import type { measurementRoutes, SideEffectShape } from '@talkoot/api-contracts/projects';
import { eventOf } from '@talkoot/event-bus';
import { projectSideEffectReportedV1 } from '@talkoot/event-contracts';
import { DomainError, idFrom, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { z } from 'zod';
import { isBeingSigned } from '../assessment/signing.hold.ts';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import { isVoteSettled, requirePhase } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { requireDisinterested, requireOutsider } from '../staffing/interest.ts';
import type { SideEffectDocument } from './measurement.store.ts';

type Handlers = HandlersOf<typeof measurementRoutes>;
const OBSERVABLE = ['delivery', 'measurement', 'assessment'];

export function sideEffectHandlers(
  parts: Parts,
): Pick<Handlers, 'reportSideEffect' | 'listSideEffects' | 'proposePoints'> {
  const { connection, outbox, stores, now } = parts;
  return {
    async reportSideEffect(call) {
      const { municipalityId, projectId } = call.params;
      const { direction, title } = call.body;
      const project = await stores.projects.get(municipalityId, projectId);
      requirePhase(project, OBSERVABLE);
      if (isVoteSettled(project)) throw new DomainError('points-settled');
      const evidence = await storeText(connection, call, municipalityId, 'evidence', call.body.evidence);
      const sideEffectId = idFrom(call.operationId, 'sef');
      const body = await once(connection, call, async (session) => {
        const at = now().toISOString();
        const effect: SideEffectDocument = {
          _id: sideEffectId,
          municipalityId,
          projectId,
          direction,
          title,
          evidence,
          reportedBy: call.person.id,
          points: null,
          pointsReason: null,
          pointsBy: null,
          outcome: 'open',
          at,
        };
        await stores.measurements.insertSideEffect(session, effect);
        const data = { sideEffectId, direction };
        const facts = { aggregateId: projectId, municipalityId, occurredAt: at, data };
        await outbox.appendEvents(session, [eventOf({ event: projectSideEffectReportedV1, ...facts })]);
        return shown(effect);
      });
      return { body };
    },
    async listSideEffects({ params, query }) {
      await stores.projects.get(params.municipalityId, params.projectId);
      const page = await stores.measurements.listSideEffects(params.municipalityId, params.projectId, query);
      return { body: mapPage(page, shown) };
    },
    async proposePoints(call) {
      const { municipalityId, sideEffectId } = call.params;
      const { projectId } = await stores.measurements.getSideEffect(municipalityId, sideEffectId);
      const about = await stores.projects.get(municipalityId, projectId);
      await requireDisinterested(parts, about, call.person.id, 'assessor-on-team');
      const pointsReason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      const { points } = call.body;
      const body = await once(connection, call, async (session) => {
        const effect = await stores.measurements.getSideEffect(municipalityId, sideEffectId, session);
        const project = await stores.projects.change(session, projectId, { $inc: { pointings: 1 } });
        requireOpenPoints(project!, now());
        requireOutsider(project!, call.person.id, 'assessor-on-team');
        const set = { points, pointsReason, pointsBy: call.person.id };
        await stores.measurements.changeSideEffect(session, sideEffectId, set);
        return shown({ ...effect, ...set });
      });
      return { body };
    },
  };
}

/** What is signed is voted on: points stay as they were signed. @throws DomainError `points-settled`, `being-signed`, `wrong-phase` */
function requireOpenPoints(project: ProjectDocument, now: Date): void {
  if (project.assessmentId) throw new DomainError('points-settled');
  if (isBeingSigned(project, now)) throw new DomainError('being-signed');
  requirePhase(project, OBSERVABLE);
}

function shown(one: SideEffectDocument): z.infer<typeof SideEffectShape> {
  const { _id, projectId, direction, title, evidence, points, pointsReason, outcome, at } = one;
  return { sideEffectId: _id, projectId, direction, title, evidence, points, pointsReason, outcome, at };
}
