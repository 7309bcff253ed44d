import type { reviewRoutes } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { HandlersOf, Parts } from '../parts.ts';
import { isBeforeWork, isOnTeam, requireChampion } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { requireWithinCap } from '../proposal/proposal.ts';
import { requireDisinterested } from '../staffing/interest.ts';

interface ReasonedCall {
  readonly operationId: string;
  readonly params: { readonly municipalityId: string };
  readonly body: { readonly reason: string };
}

interface InvolvedCall {
  readonly params: { readonly municipalityId: string; readonly projectId: string };
  readonly person: { readonly id: string };
}

/** @throws DomainError `same-person-twice`: nobody reviews their own project. */
function requireUninvolved(project: ProjectDocument, personId: string): void {
  if (isOnTeam(project, personId)) throw new DomainError('same-person-twice');
}

/**
 * Nobody decides about their own project; once the work has begun it is about its success, and nobody decides who gains from that.
 * @throws DomainError `same-person-twice`, `interested-party`
 */
async function requireJudge(parts: Parts, { params, person }: InvolvedCall): Promise<void> {
  const project = await parts.stores.projects.get(params.municipalityId, params.projectId);
  if (isBeforeWork(project.phase)) requireUninvolved(project, person.id);
  else await requireDisinterested(parts, project, person.id, 'same-person-twice');
}

export function reviewHandlers(parts: Parts): Omit<HandlersOf<typeof reviewRoutes>, 'endorse'> {
  const { connection, record, stores } = parts;
  const about = (params: { municipalityId: string; projectId: string }) =>
    ({ kind: 'project', lifecycleId: params.projectId, municipalityId: params.municipalityId }) as const;
  const reasonOf = (call: ReasonedCall) =>
    storeText(connection, call, call.params.municipalityId, 'reason', call.body.reason);
  const uninvolved = async ({ params, person }: InvolvedCall) =>
    requireUninvolved(await stores.projects.get(params.municipalityId, params.projectId), person.id);
  return {
    async admitProposal(call) {
      const { municipalityId, projectId } = call.params;
      const { cost } = call.body;
      const data = { cost, reason: await reasonOf(call) };
      const check = async () => {
        const project = await stores.projects.get(municipalityId, projectId);
        const { pilotId } = project;
        requireUninvolved(project, call.person.id);
        requireWithinCap(cost, (await stores.pilots.get(municipalityId, pilotId)).charter);
      };
      const decision = {
        ...about(call.params),
        name: 'admit',
        as: 'department-manager',
        data,
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async refuseProposal(call) {
      const data = { reason: await reasonOf(call) };
      const check = () => uninvolved(call);
      const decision = {
        ...about(call.params),
        name: 'refuse',
        as: 'department-manager',
        data,
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async appeal(call) {
      const { municipalityId, projectId } = call.params;
      const project = await stores.projects.get(municipalityId, projectId);
      // The bonus decision concerns everybody, the refusal of a proposal its champion.
      const as = project.phases.some(({ phase }) => phase === 'bonus-vote') ? 'resident' : 'champion';
      const data = { reason: await reasonOf(call) };
      const check = async () => {
        if (as === 'champion') requireChampion(project, call.person.id);
      };
      const decision = { ...about(call.params), name: 'appeal', as, data, check } as const;
      return { body: await record.decide(call, decision) };
    },
    async decideAppeal(call) {
      const data = { upheld: call.body.upheld, reason: await reasonOf(call) };
      const check = () => requireJudge(parts, call);
      const decision = {
        ...about(call.params),
        name: 'decide-appeal',
        as: 'appeal-body',
        data,
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async closeWindow(call) {
      const check = () => requireJudge(parts, call);
      const decision = {
        ...about(call.params),
        name: 'close-window',
        as: 'appeal-body',
        data: {},
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}
