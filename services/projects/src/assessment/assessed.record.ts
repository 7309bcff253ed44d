import { DomainError } from '@talkoot/http-service';
import type { Parts } from '../parts.ts';
import { isVoteSettled } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { interestedIn } from '../staffing/interest.ts';

/** Of what is concerned, so much is told at once. */
const MOST_TOLD = 50;

/**
 * An assessment rests on nothing that somebody stated who gains from it, even where they did so before: a reading counts again
 * once somebody without interest has confirmed or corrected it, points once somebody else proposes them.
 * @throws DomainError `stated-by-interested` with the readings and side effects
 */
export async function requireDisinterestedRecord(
  parts: Pick<Parts, 'neighbours' | 'stores'>,
  project: ProjectDocument,
): Promise<void> {
  const { measurements } = parts.stores;
  const interested = await interestedIn(parts, project);
  const owners = new Map((await measurements.feedsOf(project._id)).map((one) => [one._id, one.createdBy]));
  const readings = (await measurements.standing(project._id))
    .filter(({ recordedBy }) => interested.has(owners.get(recordedBy) ?? recordedBy))
    .map(({ _id }) => `observations.${_id}`);
  // What citizens voted on stands, and nobody may propose other points any more.
  const pointed = isVoteSettled(project) ? [] : await measurements.pointedSideEffects(project._id);
  const effects = pointed
    .filter(({ pointsBy }) => pointsBy !== null && interested.has(pointsBy))
    .map(({ _id }) => `side-effects.${_id}`);
  const offences = [...readings, ...effects].map((at) => ({ at, message: 'interested-party' }));
  if (offences.length > 0)
    throw new DomainError('stated-by-interested', undefined, offences.slice(0, MOST_TOLD));
}
