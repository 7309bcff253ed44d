import type { staffingRoutes } from '@talkoot/api-contracts/projects';
import { DomainError, once } from '@talkoot/http-service';
import type { HandlersOf, Parts } from '../parts.ts';
import { BEFORE_WORK, requireCapacity, requirePhase, requireSide, sideOf } from '../proposal/project.ts';
import type { Agreement, ProjectDocument } from '../proposal/project.ts';
import { draftAgreement } from './agreement.ts';
import { requireNoMeasurer } from './interest.ts';

type Handlers = HandlersOf<typeof staffingRoutes>;

export function staffingHandlers(parts: Parts): Handlers {
  return { ...assigning(parts), ...volunteering(parts), ...agreeing(parts) };
}

function assigning(parts: Parts): Pick<Handlers, 'assignStaff' | 'showTeam'> {
  const { record, stores, neighbours } = parts;
  return {
    async assignStaff(call) {
      const { municipalityId, projectId } = call.params;
      const { lead, civilServants } = call.body;
      const people = civilServants.map(({ personId }) => personId);
      const check = async () => {
        if (!people.includes(lead) || new Set(people).size !== people.length) {
          throw new DomainError('lead-not-assigned', 'each person once, the lead among them');
        }
        const project = await stores.projects.get(municipalityId, projectId);
        if (people.some((personId) => sideOf(project, personId) === 'citizens'))
          throw new DomainError('both-sides');
        for (const personId of people) {
          const { roles } = await neighbours.identity.checkPerson({ params: { municipalityId, personId } });
          if (!roles.includes('civil-servant')) throw new DomainError('not-civil-servant');
        }
        // Whoever assigns a team answers for its success.
        await requireNoMeasurer(parts, project, [...people, call.person.id]);
      };
      await stores.projects.get(municipalityId, projectId);
      await stores.prepared.keep(call, municipalityId, { lead, civilServants });
      const hours = civilServants.reduce((sum, one) => sum + one.hours, 0);
      const answer = await record.decide(call, {
        kind: 'project',
        lifecycleId: projectId,
        municipalityId,
        name: 'assign',
        as: 'department-manager',
        data: { lead, civilServants: people, hours },
        check,
      });
      return { body: answer };
    },
    async showTeam({ params }) {
      const project = await stores.projects.get(params.municipalityId, params.projectId);
      const { staff, champion, coChampions } = project;
      const volunteers = project.volunteers.map((one) => ({
        ...one,
        accepted: one.acceptedByChampion && one.acceptedByLead,
      }));
      return {
        body: {
          lead: staff?.lead ?? null,
          civilServants: staff?.civilServants ?? [],
          champion,
          coChampions,
          volunteers,
          assignedAt: staff?.at ?? null,
        },
      };
    },
  };
}

function volunteering(parts: Parts): Pick<Handlers, 'volunteer' | 'acceptVolunteer'> {
  const { connection, stores } = parts;
  return {
    async volunteer(call) {
      const { municipalityId, projectId } = call.params;
      const personId = call.person.id;
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        requirePhase(project, BEFORE_WORK);
        requireNewcomer(project, personId);
        await requireNoMeasurer(parts, project, [personId], session);
        const one = { personId, acceptedByChampion: false, acceptedByLead: false };
        await stores.projects.change(session, projectId, { $push: { volunteers: one } });
        return { personId };
      });
      return { body };
    },
    async acceptVolunteer(call) {
      const { municipalityId, projectId, personId } = call.params;
      const mark = call.body.as === 'champion' ? 'acceptedByChampion' : 'acceptedByLead';
      const body = await once(connection, call, async (session) => {
        const project = await stores.projects.get(municipalityId, projectId, session);
        requireCapacity(project, call.person.id, call.body.as);
        requirePhase(project, BEFORE_WORK);
        const one = project.volunteers.find((volunteer) => volunteer.personId === personId);
        if (!one) throw new DomainError('not-found');
        if (one[mark]) throw new DomainError('already-accepted');
        await requireNoMeasurer(parts, project, [personId], session);
        const after = { ...one, [mark]: true };
        const volunteers = project.volunteers.map((other) => (other === one ? after : other));
        await stores.projects.change(session, projectId, { $set: { volunteers } });
        return { personId, accepted: after.acceptedByChampion && after.acceptedByLead };
      });
      return { body };
    },
  };
}

function requireNewcomer(project: ProjectDocument, personId: string): void {
  if ([project.champion, ...project.coChampions].includes(personId))
    throw new DomainError('already-champion');
  if (project.volunteers.some((one) => one.personId === personId))
    throw new DomainError('already-volunteered');
  if (sideOf(project, personId) === 'civil-servants') throw new DomainError('both-sides');
}

function agreeing(parts: Parts): Pick<Handlers, 'proposeAgreement' | 'getAgreement' | 'signAgreement'> {
  const { record, stores, now } = parts;
  return {
    async proposeAgreement(call) {
      const { municipalityId, projectId } = call.params;
      const { as, ...terms } = call.body;
      const draft = async () => {
        const project = await stores.projects.get(municipalityId, projectId);
        requireCapacity(project, call.person.id, as);
        return draftAgreement(project, terms, now().toISOString());
      };
      const agreement =
        (await stores.prepared.find<Agreement>(call)) ??
        (await stores.prepared.keep(call, municipalityId, await draft()));
      // A draft that was refused once may be sent again later: by then somebody else may lead, or the team be another.
      const check = async () => {
        if ((await draft()).sha256 !== agreement.sha256) throw new DomainError('hash-mismatch');
      };
      const answer = await record.decide(call, {
        kind: 'project',
        lifecycleId: projectId,
        municipalityId,
        name: 'propose-agreement',
        as,
        data: {
          agreementSha256: agreement.sha256,
          members: agreement.members.map(({ personId }) => personId),
          milestones: agreement.milestones.map(({ id }) => id),
        },
        check,
      });
      return { body: { ...answer, agreementSha256: agreement.sha256 } };
    },
    async getAgreement({ params }) {
      const { agreement } = await stores.projects.get(params.municipalityId, params.projectId);
      if (!agreement) throw new DomainError('agreement-missing');
      return { body: agreement };
    },
    async signAgreement(call) {
      const { municipalityId, projectId } = call.params;
      const check = async () => {
        const project = await stores.projects.get(municipalityId, projectId);
        requireSide(project, call.person.id);
        // Somebody may have measured while they were being assigned; from here on they cannot.
        await requireNoMeasurer(parts, project, [call.person.id]);
      };
      const about = { kind: 'project', lifecycleId: projectId, municipalityId } as const;
      const data = { agreementSha256: call.body.agreementSha256 };
      const decision = { ...about, name: 'sign-agreement', as: 'team', data, check } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}
