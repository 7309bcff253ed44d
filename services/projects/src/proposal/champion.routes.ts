import type { proposalRoutes } from '@talkoot/api-contracts/projects';
import { DomainError, once } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import type { HandlersOf, Parts } from '../parts.ts';
import { requireNoMeasurer } from '../staffing/interest.ts';
import { BEFORE_WORK, requireChampion, requirePhase, sideOf } from './project.ts';

type Handlers = HandlersOf<typeof proposalRoutes>;
const MERGEABLE = ['proposed', 'qualified', 'admitted'];

/** Champions among themselves: merging, co-champions, succession. */
export function championHandlers(
  parts: Parts,
): Pick<
  Handlers,
  | 'requestMerge'
  | 'consentMerge'
  | 'inviteCoChampion'
  | 'acceptCoChampion'
  | 'askChampion'
  | 'answerAsChampion'
> {
  return { ...merging(parts), ...joining(parts), ...succession(parts) };
}

function merging({ connection, record, stores }: Parts): Pick<Handlers, 'requestMerge' | 'consentMerge'> {
  return {
    async requestMerge(call) {
      const { municipalityId, projectId } = call.params;
      const { into } = call.body;
      if (into === projectId) throw new DomainError('merge-with-itself');
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        requireChampion(project, call.person.id);
        requirePhase(project, MERGEABLE);
        const other = await stores.projects.get(municipalityId, into, session);
        requirePhase(other, MERGEABLE);
        if (other.roundId !== project.roundId) throw new DomainError('other-round');
        await stores.projects.change(session, projectId, { $addToSet: { mergeRequests: into } });
        return { projectId, into };
      });
      return { body };
    },
    async consentMerge(call) {
      const { municipalityId, projectId } = call.params;
      const { into } = call.body;
      const check = async () => {
        const project = await stores.projects.get(municipalityId, projectId);
        const other = await stores.projects.get(municipalityId, into);
        requireChampion(other, call.person.id);
        requirePhase(other, MERGEABLE);
        if (!project.mergeRequests.includes(into)) throw new DomainError('no-merge-requested');
        if (other.roundId !== project.roundId) throw new DomainError('other-round');
      };
      const about = { kind: 'project', lifecycleId: projectId, municipalityId } as const;
      const decision = { ...about, name: 'merge', as: 'champion', data: { into }, check } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}

function joining(parts: Parts): Pick<Handlers, 'inviteCoChampion' | 'acceptCoChampion'> {
  const { connection, stores } = parts;
  return {
    async inviteCoChampion(call) {
      const { municipalityId, projectId } = call.params;
      const { personId } = call.body;
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        requireChampion(project, call.person.id);
        requirePhase(project, BEFORE_WORK);
        if ([project.champion, ...project.coChampions].includes(personId)) {
          throw new DomainError('already-champion');
        }
        await stores.projects.change(session, projectId, { $addToSet: { invited: personId } });
        return { personId };
      });
      return { body };
    },
    async acceptCoChampion(call) {
      const { municipalityId, projectId } = call.params;
      const personId = call.person.id;
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        if (!project.invited.includes(personId)) throw new DomainError('not-invited');
        requirePhase(project, BEFORE_WORK);
        if (sideOf(project, personId) === 'civil-servants') throw new DomainError('both-sides');
        await requireNoMeasurer(parts, project, [personId], session);
        await stores.projects.change(session, projectId, {
          $addToSet: { coChampions: personId },
          // A champion shares in one pot only.
          $pull: { invited: personId, volunteers: { personId } },
        });
        return { personId };
      });
      return { body };
    },
  };
}

function succession({
  connection,
  record,
  stores,
  eligibility,
}: Parts): Pick<Handlers, 'askChampion' | 'answerAsChampion'> {
  return {
    async askChampion(call) {
      const { municipalityId, projectId } = call.params;
      const as = call.rolesHere.includes('department-manager') ? 'department-manager' : 'sponsor';
      const reason = await storeText(connection, call, municipalityId, 'question', call.body.reason);
      const check = async () => {
        const project = await stores.projects.get(municipalityId, projectId);
        const successor = project.content.pledge.successor;
        if (!successor || successor === project.champion) throw new DomainError('no-successor');
        if (sideOf(project, successor) === 'civil-servants') throw new DomainError('no-successor');
        const { charter } = await stores.pilots.get(municipalityId, project.pilotId);
        await eligibility.require(municipalityId, successor, charter.electorate);
      };
      const about = { kind: 'project', lifecycleId: projectId, municipalityId } as const;
      const decision = { ...about, name: 'ask-champion', as, data: { reason }, check } as const;
      return { body: await record.decide(call, decision) };
    },
    async answerAsChampion(call) {
      const { municipalityId, projectId } = call.params;
      const check = async () =>
        requireChampion(await stores.projects.get(municipalityId, projectId), call.person.id);
      const about = { kind: 'project', lifecycleId: projectId, municipalityId } as const;
      const decision = { ...about, name: 'answer-as-champion', as: 'champion', data: {}, check } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}
