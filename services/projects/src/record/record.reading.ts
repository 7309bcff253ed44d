import { DomainError } from '@talkoot/http-service';
import type { Parts } from '../parts.ts';
import type { PilotDocument } from '../pilot/pilot.store.ts';
import { peopleIn } from './record.ts';
import type { PilotWork } from './record.ts';

/** Gathers what the records of some people in a pilot are made from. */
export async function workOf(
  { stores, now }: Pick<Parts, 'stores' | 'now'>,
  pilot: PilotDocument,
  personIds: readonly string[],
): Promise<PilotWork> {
  const { _id: pilotId, municipalityId } = pilot;
  const projects = await stores.projects.staffedIn(municipalityId, pilotId, personIds);
  const ids = projects.map(({ _id }) => _id);
  const [hours, skills, ratings, contests] = await Promise.all([
    stores.delivery.confirmedHours(municipalityId, ids, personIds),
    stores.delivery.confirmedSkills(municipalityId, ids),
    stores.delivery.ratingsIn(municipalityId, ids, personIds),
    stores.contests.ofPeople(municipalityId, pilotId, personIds),
  ]);
  return { pilot, projects, hours, skills, ratings, contests, now: now() };
}

/** The work of one person. @throws DomainError `not-found`, `record-missing` */
export async function workOfOne(
  parts: Pick<Parts, 'stores' | 'now'>,
  of: { readonly municipalityId: string; readonly pilotId: string; readonly personId: string },
) {
  const pilot = await parts.stores.pilots.get(of.municipalityId, of.pilotId);
  const work = await workOf(parts, pilot, [of.personId]);
  if (!peopleIn(work.projects).includes(of.personId)) throw new DomainError('record-missing');
  return { pilot, work };
}
