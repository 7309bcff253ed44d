import type { deliveryRoutes, HoursShape, SkillExchangeShape } from '@talkoot/api-contracts/projects';
import { eventOf } from '@talkoot/event-bus';
import { projectHoursConfirmedV1 } from '@talkoot/event-contracts';
import { DomainError, idFrom, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { z } from 'zod';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import { requireCapacity, requirePhase, requireSide } from '../proposal/project.ts';
import type { HoursDocument, SkillDocument } from './delivery.store.ts';
import { requireAcross, requireConfirmable, requirePastWork } from './hours.ts';

type Handlers = HandlersOf<typeof deliveryRoutes>;
const WORKING = ['delivery', 'measurement'];
/** Until the bonus is voted on: its shares follow confirmed hours. */
const CONFIRMING = ['delivery', 'measurement', 'assessment'];

export function deliveryHandlers(parts: Parts): Handlers {
  return { ...deciding(parts), ...hours(parts), ...learning(parts) };
}

function deciding({
  connection,
  record,
  stores,
}: Parts): Pick<Handlers, 'acceptMilestone' | 'requestAbandon' | 'confirmAbandon'> {
  const about = (params: { municipalityId: string; projectId: string }) =>
    ({ kind: 'project', lifecycleId: params.projectId, municipalityId: params.municipalityId }) as const;
  return {
    async acceptMilestone(call) {
      const { municipalityId, projectId, milestoneId } = call.params;
      const { as } = call.body;
      const check = async () =>
        requireCapacity(await stores.projects.get(municipalityId, projectId), call.person.id, as);
      const decision = {
        ...about(call.params),
        name: 'accept-milestone',
        as,
        data: { milestoneId },
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async requestAbandon(call) {
      const { municipalityId, projectId } = call.params;
      const { as } = call.body;
      const reason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      const check = async () => {
        const project = await stores.projects.get(municipalityId, projectId);
        if (as !== 'department-manager') return requireCapacity(project, call.person.id, as);
        if (!call.rolesHere.includes(as)) throw new DomainError('forbidden');
      };
      const decision = {
        ...about(call.params),
        name: 'request-abandon',
        as,
        data: { reason },
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async confirmAbandon(call) {
      const { municipalityId } = call.params;
      const reason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      const decision = {
        ...about(call.params),
        name: 'confirm-abandon',
        as: 'sponsor',
        data: { reason },
      } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}

function hours(parts: Parts): Pick<Handlers, 'recordHours' | 'confirmHours' | 'listHours'> {
  const { connection, outbox, stores, now } = parts;
  return {
    async recordHours(call) {
      const { municipalityId, projectId } = call.params;
      requirePastWork(call.body.date, now());
      const _id = idFrom(call.operationId, 'hrs');
      const personId = call.person.id;
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        const side = requireSide(project, personId);
        requirePhase(project, WORKING);
        const about = { _id, municipalityId, projectId, personId, side, at: now().toISOString() };
        const one: HoursDocument = { ...about, ...call.body, confirmedBy: null };
        await stores.delivery.insertHours(session, one);
        return shownHours(one);
      });
      return { body };
    },
    async confirmHours(call) {
      const { municipalityId, hoursId } = call.params;
      const body = await once(connection, call, async (session) => {
        const one = await stores.delivery.getHours(municipalityId, hoursId, session);
        const project = await stores.projects.get(municipalityId, one.projectId, session);
        requireConfirmable(one, project, call.person.id);
        requirePhase(project, CONFIRMING);
        await stores.delivery.confirmHours(session, hoursId, call.person.id);
        const data = { hoursId, minutes: one.minutes };
        const facts = { aggregateId: one.projectId, municipalityId, occurredAt: now(), data };
        await outbox.appendEvents(session, [eventOf({ event: projectHoursConfirmedV1, ...facts })]);
        return shownHours({ ...one, confirmedBy: call.person.id });
      });
      return { body };
    },
    async listHours({ params, query }) {
      await stores.projects.get(params.municipalityId, params.projectId);
      const page = await stores.delivery.listHours(params.municipalityId, params.projectId, query);
      return { body: mapPage(page, shownHours) };
    },
  };
}

function learning(
  parts: Parts,
): Pick<Handlers, 'recordSkill' | 'confirmSkill' | 'listSkills' | 'rateCollaboration'> {
  const { connection, stores, now } = parts;
  return {
    async recordSkill(call) {
      const { municipalityId, projectId } = call.params;
      const { learner, skill } = call.body;
      const teacher = call.person.id;
      const _id = idFrom(call.operationId, 'skl');
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        const taughtBy = requireAcross(project, teacher, learner);
        requirePhase(project, WORKING);
        const about = { _id, municipalityId, projectId, at: now().toISOString() };
        const one: SkillDocument = { ...about, teacher, taughtBy, learner, skill, confirmed: false };
        await stores.delivery.insertSkill(session, one);
        return shownSkill(one);
      });
      return { body };
    },
    async confirmSkill(call) {
      const { municipalityId, skillId } = call.params;
      const body = await once(connection, call, async (session) => {
        const one = await stores.delivery.getSkill(municipalityId, skillId, session);
        if (one.learner !== call.person.id) throw new DomainError('not-learner');
        if (one.confirmed) throw new DomainError('already-confirmed');
        await stores.delivery.confirmSkill(session, skillId);
        return shownSkill({ ...one, confirmed: true });
      });
      return { body };
    },
    async listSkills({ params, query }) {
      await stores.projects.get(params.municipalityId, params.projectId);
      const page = await stores.delivery.listSkills(params.municipalityId, params.projectId, query);
      return { body: mapPage(page, shownSkill) };
    },
    async rateCollaboration(call) {
      const { municipalityId, projectId } = call.params;
      const { personId: rated, milestoneId, stars } = call.body;
      const rater = call.person.id;
      const _id = idFrom(call.operationId, 'rat');
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        requireAcross(project, rater, rated);
        requirePhase(project, WORKING);
        const known = project.agreement?.milestones.some(({ id }) => id === milestoneId);
        if (!known) throw new DomainError('unknown-milestone');
        const about = { _id, municipalityId, projectId, at: now().toISOString() };
        await stores.delivery.insertRating(session, { ...about, milestoneId, rater, rated, stars });
        return { ratingId: _id };
      });
      return { body };
    },
  };
}

function shownHours(one: HoursDocument): z.infer<typeof HoursShape> {
  const { _id, projectId, personId, side, date, minutes, work, confirmedBy, at } = one;
  return {
    hoursId: _id,
    projectId,
    personId,
    side,
    date,
    minutes,
    work,
    confirmed: confirmedBy !== null,
    at,
  };
}

function shownSkill(one: SkillDocument): z.infer<typeof SkillExchangeShape> {
  const { _id, projectId, teacher, learner, skill, confirmed, at } = one;
  return { skillId: _id, projectId, teacher, learner, skill, confirmed, at };
}
