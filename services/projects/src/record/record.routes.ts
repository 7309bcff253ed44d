import type { recordRoutes, RecordExport } from '@talkoot/api-contracts/projects';
import { decodeCursor, DomainError, pageFrom } from '@talkoot/http-service';
import { z } from 'zod';
import type { HandlersOf, Parts } from '../parts.ts';
import type { PilotDocument } from '../pilot/pilot.store.ts';
import { contestUntil } from './contest.ts';
import { workOf, workOfOne } from './record.reading.ts';
import { peopleIn, recordExport, recordsCsv, recordView } from './record.ts';

type Handlers = HandlersOf<typeof recordRoutes>;
const MOST_PEOPLE = 200;

/** Performance records: for the person at any time, for hr once the pilot is evaluated, for nobody else. */
export function recordHandlers(
  parts: Parts,
): Pick<Handlers, 'getMyRecord' | 'getRecord' | 'exportRecords' | 'exportRecordsCsv'> {
  return {
    async getMyRecord({ params, person }) {
      const { pilot, work } = await workOfOne(parts, { ...params, personId: person.id });
      return { body: recordView(person.id, work, contestUntil(pilot)) };
    },
    async getRecord({ params }) {
      const { pilot, work } = await workOfOne(parts, params);
      requireEvaluated(pilot);
      return { body: recordView(params.personId, work, contestUntil(pilot)) };
    },
    async exportRecords({ params, query: { after, limit } }) {
      const rows = await exported(parts, params, decodeCursor(after, z.string()), limit + 1);
      return { body: pageFrom(rows, limit, (row) => row.personId) };
    },
    async exportRecordsCsv({ params, query }) {
      return { body: recordsCsv(await exported(parts, params, query.after, MOST_PEOPLE)) };
    },
  };
}

/** @throws DomainError `record-early` */
function requireEvaluated({ evaluatingSince }: Pick<PilotDocument, 'evaluatingSince'>): void {
  if (!evaluatingSince) throw new DomainError('record-early');
}

async function exported(
  parts: Parts,
  of: { readonly municipalityId: string; readonly pilotId: string },
  after: string | undefined,
  limit: number,
): Promise<RecordExport[]> {
  const { stores, neighbours } = parts;
  const pilot = await stores.pilots.get(of.municipalityId, of.pilotId);
  requireEvaluated(pilot);
  const everybody = peopleIn(await stores.projects.staffedIn(of.municipalityId, of.pilotId));
  const people = everybody.filter((id) => after === undefined || id > after).slice(0, limit);
  const work = await workOf(parts, pilot, people);
  const found = await neighbours.identity.findPersonnelNumbers({
    params: { municipalityId: of.municipalityId },
    body: { personIds: people },
  });
  const numbers = new Map(found.items.map((one) => [one.personId, one.personnelNumber]));
  return people.map((personId) => recordExport(personId, work, numbers.get(personId) ?? null));
}
