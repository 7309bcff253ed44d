import type { deliveryRoutes } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import type { HandlersOf, Parts } from '../parts.ts';
import { staffCsv, staffRecordOf } from './staff.record.ts';
import type { StaffEvidence } from './staff.record.ts';

/** Staff records: for the civil servant and hr, never for the public. */
export function staffHandlers(
  parts: Parts,
): Pick<HandlersOf<typeof deliveryRoutes>, 'getStaffRecord' | 'exportStaffRecords'> {
  return {
    async getStaffRecord(call) {
      const { municipalityId, personId } = call.params;
      const mayRead = call.person.id === personId || call.rolesHere.includes('hr');
      if (!mayRead) throw new DomainError('not-your-record');
      return { body: staffRecordOf(personId, await evidenceOf(parts, municipalityId, personId)) };
    },
    async exportStaffRecords({ params }) {
      const evidence = await evidenceOf(parts, params.municipalityId);
      const people = evidence.projects.flatMap((project) => project.staff?.civilServants ?? []);
      const ids = [...new Set(people.map(({ personId }) => personId))].sort();
      return { body: staffCsv(ids.map((personId) => staffRecordOf(personId, evidence))) };
    },
  };
}

async function evidenceOf(
  { stores }: Parts,
  municipalityId: string,
  personId?: string,
): Promise<StaffEvidence> {
  const projects = await stores.projects.ofCivilServant(municipalityId, personId);
  const ids = projects.map(({ _id }) => _id);
  const [hours, skills, ratings] = await Promise.all([
    stores.delivery.confirmedHours(municipalityId, ids),
    stores.delivery.confirmedSkills(municipalityId, ids),
    stores.delivery.ratingsIn(municipalityId, ids),
  ]);
  return { projects, hours, skills, ratings };
}
