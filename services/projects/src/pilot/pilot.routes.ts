import type { pilotRoutes } from '@talkoot/api-contracts/projects';
import { DomainError, etagOf, idFrom, once, requireMatch } from '@talkoot/http-service';
import { storeText } from '@talkoot/lifecycle-record';
import { initialState } from '@talkoot/workflow-contracts';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import { openRound } from '../round/round.opening.ts';
import { charterHash, requireAmendable, requireSoundCharter } from './charter.ts';
import { evaluatePilot } from './evaluation.reading.ts';
import { limitOf } from './permission.ts';
import type { AmendmentDocument, PilotDocument } from './pilot.store.ts';

type Handlers = HandlersOf<typeof pilotRoutes>;

export function pilotHandlers(parts: Parts): Handlers {
  return { ...records(parts), ...decisions(parts), ...amendments(parts) };
}

function records(
  parts: Parts,
): Pick<
  Handlers,
  'listPilots' | 'draftPilot' | 'getPilot' | 'editCharter' | 'getEvaluation' | 'recordOrdinaryProject'
> {
  const { connection, record, stores, now } = parts;
  return {
    async listPilots({ params, query }) {
      return { body: mapPage(await stores.pilots.list(params.municipalityId, query), summaryOf) };
    },
    async draftPilot(call) {
      const { charter, name } = call.body;
      requireSoundCharter(charter);
      const { municipalityId } = call.params;
      const pilotId = idFrom(call.operationId, 'pil');
      const pilot = newPilot({ _id: pilotId, municipalityId, name, charter, at: now().toISOString() });
      const body = await once(connection, call, async (session) => {
        await stores.pilots.insert(session, pilot);
        await record.start(session, 'pilot', initialState('pilot', { id: pilotId, municipalityId, pilotId }));
        return { pilotId, charterSha256: pilot.charterSha256 };
      });
      return { body, etag: etagOf(1) };
    },
    async getPilot({ params }) {
      const pilot = await stores.pilots.get(params.municipalityId, params.pilotId);
      const lifecycle = await record.view('pilot', pilot._id, pilot.municipalityId);
      return { body: { ...shown(pilot), lifecycle }, etag: etagOf(pilot.version) };
    },
    async editCharter(call) {
      const pilot = await stores.pilots.get(call.params.municipalityId, call.params.pilotId);
      requireMatch(call, pilot.version);
      if (!['new', 'drafted'].includes(pilot.phase)) throw new DomainError('charter-frozen');
      requireSoundCharter(call.body.charter);
      const charterSha256 = charterHash(call.body.charter);
      await stores.pilots.replaceCharter(pilot, call.body.charter, charterSha256);
      const version = pilot.version + 1;
      return { body: { version, charterSha256 }, etag: etagOf(version) };
    },
    async getEvaluation({ params }) {
      return { body: await evaluatePilot(parts, params.municipalityId, params.pilotId) };
    },
    async recordOrdinaryProject(call) {
      const { municipalityId, pilotId } = call.params;
      await stores.pilots.get(municipalityId, pilotId);
      const _id = idFrom(call.operationId, 'ord');
      const at = now().toISOString();
      const body = await once(connection, call, async (session) => {
        await stores.pilots.insertOrdinary(session, { _id, municipalityId, pilotId, ...call.body, at });
        return { ordinaryProjectId: _id };
      });
      return { body };
    },
  };
}

function decisions(
  parts: Parts,
): Omit<
  Handlers,
  keyof ReturnType<typeof records> | 'listAmendments' | 'proposeAmendment' | 'countersignAmendment'
> {
  const { connection, record, stores, neighbours: _, now } = parts;
  const about = (params: { municipalityId: string; pilotId: string }) =>
    ({ kind: 'pilot', lifecycleId: params.pilotId, municipalityId: params.municipalityId }) as const;
  const reasonOf = (call: { operationId: string; params: { municipalityId: string } }, text: string) =>
    storeText(connection, call, call.params.municipalityId, 'reason', text);
  const sameCharter = (params: { municipalityId: string; pilotId: string }, sha256: string) => async () => {
    const pilot = await stores.pilots.get(params.municipalityId, params.pilotId);
    if (pilot.charterSha256 !== sha256) throw new DomainError('hash-mismatch');
  };
  return {
    async sponsorPilot(call) {
      const data = { charterSha256: call.body.charterSha256 };
      const check = sameCharter(call.params, data.charterSha256);
      const decision = { ...about(call.params), name: 'sponsor', as: 'sponsor', data, check } as const;
      return { body: await record.decide(call, decision) };
    },
    async requestPermission(call) {
      const data = { charterSha256: call.body.charterSha256 };
      const check = sameCharter(call.params, data.charterSha256);
      const decision = {
        ...about(call.params),
        name: 'request-permission',
        as: 'sponsor',
        data,
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async permitPilot(call) {
      const { charterSha256, grant, cap, expiresAt, fiscalYear } = call.body;
      const { municipalityId, pilotId } = call.params;
      const { charter } = await stores.pilots.get(municipalityId, pilotId);
      const limit = limitOf(grant, cap, charter.currency);
      await stores.prepared.keep(call, municipalityId, { grant, cap: cap ?? null });
      const check = async () => {
        if (Date.parse(expiresAt) <= now().getTime()) throw new DomainError('permission-expired');
        await sameCharter(call.params, charterSha256)();
      };
      const data = { charterSha256, limit, expiresAt, fiscalYear };
      const decision = {
        ...about(call.params),
        name: 'permit',
        as: 'budget-authority',
        data,
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
    async refusePilot(call) {
      const data = { reason: await reasonOf(call, call.body.reason) };
      const decision = { ...about(call.params), name: 'refuse', as: 'budget-authority', data } as const;
      return { body: await record.decide(call, decision) };
    },
    async appealPilotRefusal(call) {
      const data = { reason: await reasonOf(call, call.body.reason) };
      const decision = { ...about(call.params), name: 'appeal', as: 'sponsor', data } as const;
      return { body: await record.decide(call, decision) };
    },
    async decidePilotAppeal(call) {
      const data = { upheld: call.body.upheld, reason: await reasonOf(call, call.body.reason) };
      const decision = { ...about(call.params), name: 'decide-appeal', as: 'appeal-body', data } as const;
      return { body: await record.decide(call, decision) };
    },
    openRound: (call) => openRound(parts, call),
    async endRounds(call) {
      const decision = { ...about(call.params), name: 'end-rounds', as: 'sponsor', data: {} } as const;
      return { body: await record.decide(call, decision) };
    },
    async concludePilot(call) {
      const { municipalityId, pilotId } = call.params;
      const report = await storeText(connection, call, municipalityId, 'evaluation-report', call.body.report);
      const check = async () => {
        if ((await stores.projects.countOpen(municipalityId, pilotId)) > 0)
          throw new DomainError('projects-open');
      };
      const decision = {
        ...about(call.params),
        name: 'conclude',
        as: 'sponsor',
        data: { report },
        check,
      } as const;
      return { body: await record.decide(call, decision) };
    },
  };
}

function amendments(
  parts: Parts,
): Pick<Handlers, 'listAmendments' | 'proposeAmendment' | 'countersignAmendment'> {
  const { connection, record, stores, now } = parts;
  return {
    async listAmendments({ params, query }) {
      await stores.pilots.get(params.municipalityId, params.pilotId);
      const page = await stores.pilots.listAmendments(params.municipalityId, params.pilotId, query);
      return { body: mapPage(page, shownAmendment) };
    },
    async proposeAmendment(call) {
      const { municipalityId, pilotId } = call.params;
      const { charter } = call.body;
      requireSoundCharter(charter);
      requireAmendable((await stores.pilots.get(municipalityId, pilotId)).charter, charter);
      const reason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      await stores.prepared.keep(call, municipalityId, null);
      const amendmentId = idFrom(call.operationId, 'amd');
      const charterSha256 = charterHash(charter);
      const data = { amendmentId, charterSha256, reason };
      await stores.pilots.prepareAmendment({
        _id: amendmentId,
        municipalityId,
        pilotId,
        charter,
        charterSha256,
        reason,
        state: 'prepared',
        at: now().toISOString(),
      });
      const answer = await record.decide(call, {
        kind: 'pilot',
        lifecycleId: pilotId,
        municipalityId,
        name: 'propose-amendment',
        as: 'sponsor',
        data,
      });
      return { body: { ...answer, amendmentId, charterSha256 } };
    },
    async countersignAmendment(call) {
      const { municipalityId, pilotId, amendmentId } = call.params;
      const { charterSha256 } = call.body;
      const check = async () => {
        const amendment = await stores.pilots.amendment(municipalityId, pilotId, amendmentId);
        if (amendment.charterSha256 !== charterSha256) throw new DomainError('hash-mismatch');
        if (amendment.state === 'in-force') throw new DomainError('already-decided');
      };
      const answer = await record.decide(call, {
        kind: 'pilot',
        lifecycleId: pilotId,
        municipalityId,
        name: 'countersign-amendment',
        as: 'budget-authority',
        data: { amendmentId, charterSha256 },
        check,
      });
      return { body: answer };
    },
  };
}

function newPilot(
  given: Pick<PilotDocument, '_id' | 'municipalityId' | 'name' | 'charter' | 'at'>,
): PilotDocument {
  return {
    ...given,
    charterSha256: charterHash(given.charter),
    version: 1,
    phase: 'new',
    permission: null,
    reasons: [],
    report: null,
    evaluatingSince: null,
    rounds: 0,
  };
}

const summaryOf = ({ _id, name, phase, at }: PilotDocument) => ({ pilotId: _id, name, phase, createdAt: at });

function shown(pilot: PilotDocument) {
  const { version, charter, charterSha256, permission, reasons, report } = pilot;
  return { ...summaryOf(pilot), version, charter, charterSha256, permission, reasons, report };
}

function shownAmendment({ _id, charter, charterSha256, reason, state, at }: AmendmentDocument) {
  return {
    amendmentId: _id,
    charter,
    charterSha256,
    reason,
    state: state === 'in-force' ? state : ('proposed' as const),
    at,
  };
}
