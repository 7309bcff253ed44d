import type { projectsInternalRoutes } from '@talkoot/api-contracts/projects';
import type { HandlersOf, Parts } from '../parts.ts';
import { sharesOf } from './agreement.ts';
import { measurersAmong } from './interest.ts';

const NO_POTS = { 'civil-servants': 0, champions: 0, volunteers: 0 };

/** Who gains from a project, for rolls and payouts, and who must not. */
export function staffingInternalHandlers(
  parts: Parts,
): Pick<HandlersOf<typeof projectsInternalRoutes>, 'getTeam' | 'findMeasurers'> {
  const { stores } = parts;
  return {
    async getTeam({ params: { projectId } }) {
      const project = await stores.projects.byId(projectId);
      const minutes = await stores.delivery.minutesByPerson(projectId);
      const pots = project.agreement?.signed ? project.agreement.pots : NO_POTS;
      return { body: { members: sharesOf(project, minutes), pots } };
    },
    async findMeasurers({ params: { pilotId }, body: { projectId, personIds } }) {
      const measured = await stores.projects.measuredIn(pilotId, projectId);
      return { body: { personIds: await measurersAmong(parts, measured, personIds) } };
    },
  };
}
