import type { Page } from '@talkoot/api-contracts';
import type { ProposalContent, proposalRoutes } from '@talkoot/api-contracts/projects';
import { DomainError, etagOf, idFrom, inTransaction, once, requireMatch } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { initialState } from '@talkoot/workflow-contracts';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import type { RoundDocument } from '../round/round.store.ts';
import { championHandlers } from './champion.routes.ts';
import { requireChampion, requirePhase } from './project.ts';
import type { ProjectDocument, ProposalText } from './project.ts';
import { shownProject, summaryOf } from './project.view.ts';
import { requireSoundProposal } from './proposal.ts';

type Handlers = HandlersOf<typeof proposalRoutes>;

export function proposalHandlers(parts: Parts): Handlers {
  return { ...writing(parts), ...reading(parts), ...championHandlers(parts) };
}

function reading({
  record,
  stores,
}: Parts): Pick<Handlers, 'listProjects' | 'getProject' | 'listProposalVersions'> {
  return {
    async listProjects({ params, query }) {
      const { after, limit, ...filter } = query;
      const wanted = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      const page = await stores.projects.list(
        { municipalityId: params.municipalityId, ...wanted },
        { after, limit },
      );
      return { body: mapPage(page, summaryOf) };
    },
    async getProject({ params }) {
      const project = await stores.projects.get(params.municipalityId, params.projectId);
      const lifecycle = await record.view('project', project._id, project.municipalityId);
      return { body: { ...shownProject(project), lifecycle }, etag: etagOf(project.version) };
    },
    async listProposalVersions({ params, query }) {
      await stores.projects.get(params.municipalityId, params.projectId);
      const page: Page<{ version: number; at: string; content: ProposalText }> =
        await stores.projects.listVersions(params.municipalityId, params.projectId, query);
      return { body: mapPage(page, ({ version, at, content }) => ({ version, at, content })) };
    },
  };
}

function writing(parts: Parts): Pick<Handlers, 'propose' | 'editProposal' | 'withdrawProposal'> {
  const { connection, record, stores, eligibility, now } = parts;
  return {
    async propose(call) {
      const { municipalityId, roundId } = call.params;
      const { externalId, ...content } = call.body;
      const round = await stores.rounds.get(municipalityId, roundId);
      const { charter } = await stores.pilots.get(municipalityId, round.pilotId);
      requireSoundProposal(content, charter);
      await eligibility.require(municipalityId, call.person.id, charter.electorate);
      const at = now().toISOString();
      const project = newProject(round, call, { content, externalId: externalId ?? null, at });
      const projectId = project._id;
      const body = await once(connection, call, async (session) => {
        if (!(await stores.rounds.takeProposal(session, roundId))) {
          throw new DomainError('wrong-phase', 'The round takes no proposals now');
        }
        await stores.projects.insert(session, project);
        await stores.projects.keepVersion(session, project, at);
        const { pilotId } = round;
        const ids = { id: projectId, municipalityId, pilotId, roundId, projectId };
        await record.start(session, 'project', initialState('project', ids));
        return { projectId };
      });
      return { body, etag: etagOf(1) };
    },
    async editProposal(call) {
      const { municipalityId, projectId } = call.params;
      const project = await stores.projects.get(municipalityId, projectId);
      requireChampion(project, call.person.id);
      requireMatch(call, project.version);
      requirePhase(project, ['new', 'proposed']);
      const { charter } = await stores.pilots.get(municipalityId, project.pilotId);
      requireSoundProposal(call.body, charter);
      const version = project.version + 1;
      const content = withCriterionIds(call.body, `${projectId}/${version}`);
      await inTransaction(connection, async (session) => {
        const still = { version: project.version, phase: { $in: ['new', 'proposed'] } };
        const changed = await stores.projects.change(
          session,
          projectId,
          { $set: { content, version } },
          still,
        );
        if (!changed) throw new DomainError('stale-edit');
        await stores.projects.keepVersion(session, changed, now().toISOString());
      });
      return { body: { version }, etag: etagOf(version) };
    },
    async withdrawProposal(call) {
      const { municipalityId, projectId } = call.params;
      const reason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      const check = async () =>
        requireChampion(await stores.projects.get(municipalityId, projectId), call.person.id);
      const about = { kind: 'project', lifecycleId: projectId, municipalityId } as const;
      const decision = { ...about, name: 'withdraw', as: 'champion', data: { reason }, check } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}

function withCriterionIds(content: ProposalContent, seed: string): ProposalText {
  const criteria = content.criteria.map((criterion, index) => ({
    ...criterion,
    criterionId: idFrom(`${seed}/${index}`, 'crt'),
  }));
  return { ...content, criteria };
}

function newProject(
  round: RoundDocument,
  call: { operationId: string; person: { id: string } },
  given: { content: ProposalContent; externalId: string | null; at: string },
): ProjectDocument {
  const projectId = idFrom(call.operationId, 'prj');
  return {
    _id: projectId,
    municipalityId: round.municipalityId,
    pilotId: round.pilotId,
    roundId: round._id,
    externalId: given.externalId,
    content: withCriterionIds(given.content, `${projectId}/1`),
    version: 1,
    champion: call.person.id,
    coChampions: [],
    invited: [],
    mergeRequests: [],
    mergedInto: null,
    phase: 'new',
    phases: [],
    reasons: [],
    endorsements: 0,
    threshold: round.threshold,
    thresholdReached: false,
    ideasClosed: false,
    reviewedCost: null,
    allocation: null,
    lock: null,
    staff: null,
    volunteers: [],
    agreement: null,
    milestones: {},
    observations: 0,
    feeds: 0,
    measurementId: null,
    pointings: 0,
    signing: {},
    assessmentId: null,
    reopened: null,
    finalScores: [],
    at: given.at,
  };
}
