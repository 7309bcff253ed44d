import type { timelineRoutes } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import { readText, storeText } from '@talkoot/lifecycle-record';
import { waitChangers } from '@talkoot/workflow-contracts';
import { mapPage } from '../database/page.ts';
import type { HandlersOf, Parts } from '../parts.ts';
import { CONTEST_TEXTS } from '../record/contest.ts';
import { publicEntry } from './timeline.ts';

type Handlers = HandlersOf<typeof timelineRoutes>;
/** Texts for moderators, and of contests about a person's record: not published. */
const UNPUBLISHED = ['report', ...CONTEST_TEXTS];

export function timelineRouteHandlers(parts: Parts): Handlers {
  return { ...reading(parts), ...changing(parts) };
}

function reading(
  parts: Parts,
): Pick<Handlers, 'listTimeline' | 'rebuildTimeline' | 'getText' | 'showLifecycle'> {
  const { connection, record, stores } = parts;
  return {
    async listTimeline({ params, query }) {
      const project = await stores.projects.get(params.municipalityId, params.projectId);
      const page = await stores.timeline.list(params.municipalityId, project, query);
      return { body: mapPage(page, publicEntry) };
    },
    async rebuildTimeline() {
      return { body: { entries: await parts.rebuildTimeline() } };
    },
    async getText({ params }) {
      const found = await readText(connection, params.municipalityId, params.textId);
      if (!found || UNPUBLISHED.includes(found.purpose)) throw new DomainError('not-found');
      const { id, purpose, text, sha256, at } = found;
      return { body: { id, purpose, text, sha256, at: at.toISOString() } };
    },
    async showLifecycle({ params }) {
      const view = await record.view(params.kind, params.lifecycleId, params.municipalityId);
      if (!view) throw new DomainError('not-found');
      return { body: view };
    },
  };
}

function changing({ connection, record }: Parts): Pick<Handlers, 'requestWaitChange' | 'confirmWaitChange'> {
  const changerIn = (roles: readonly string[]) => waitChangers.find((role) => roles.includes(role))!;
  return {
    async requestWaitChange(call) {
      const { municipalityId, kind, lifecycleId } = call.params;
      const { change, due } = call.body;
      const reason = await storeText(connection, call, municipalityId, 'reason', call.body.reason);
      const data = { change, reason, ...(due ? { due } : {}) };
      const about = { kind, lifecycleId, municipalityId, as: changerIn(call.rolesHere) } as const;
      return { body: await record.decide(call, { ...about, name: 'request-change', data }) };
    },
    async confirmWaitChange(call) {
      const { municipalityId, kind, lifecycleId } = call.params;
      const about = { kind, lifecycleId, municipalityId, as: changerIn(call.rolesHere) } as const;
      const { change, due } = call.body;
      const data = { change, ...(due ? { due } : {}) };
      return { body: await record.decide(call, { ...about, name: 'confirm-change', data }) };
    },
  };
}
