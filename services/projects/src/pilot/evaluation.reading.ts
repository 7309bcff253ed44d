import type { Evaluation } from '@talkoot/api-contracts/projects';
import type { Parts } from '../parts.ts';
import { evaluate } from './evaluation.ts';

/** Gathers the record of a pilot and evaluates it. */
export async function evaluatePilot(
  { stores }: Pick<Parts, 'stores'>,
  municipalityId: string,
  pilotId: string,
): Promise<Evaluation> {
  const pilot = await stores.pilots.get(municipalityId, pilotId);
  const projects = await stores.projects.ofPilot(municipalityId, pilotId);
  const ids = projects.map(({ _id }) => _id);
  const [rounds, hours, skills, owed, ordinary] = await Promise.all([
    stores.rounds.ofPilot(municipalityId, pilotId),
    stores.delivery.confirmedHours(municipalityId, ids),
    stores.delivery.confirmedSkills(municipalityId, ids),
    stores.timeline.owedBy(municipalityId, ids),
    stores.pilots.listOrdinary(municipalityId, pilotId),
  ]);
  return evaluate({
    pilotId,
    currency: pilot.charter.currency,
    rounds: rounds.filter(({ phase }) => phase !== 'prepared'),
    projects,
    hours,
    skills,
    owed,
    ordinary,
  });
}
