import { DomainError, inTransaction, sha256Of } from '@talkoot/http-service';
import type { Parts } from '../parts.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { pointedEffects } from './assessment.reading.ts';
import type { AssessmentDocument } from './assessment.store.ts';

/** By the service's clock; a decision is answered, or its outcome unknown, within seconds. */
const LONGEST_HOLD_MS = 10 * 60_000;

/** Whether a signature is on its way, and was sent so recently that points wait for it. */
export const isBeingSigned = ({ signing }: Pick<ProjectDocument, 'signing'>, now: Date): boolean =>
  Object.values(signing).some((sentAt) => now.getTime() - Date.parse(sentAt) < LONGEST_HOLD_MS);

type Held = Pick<AssessmentDocument, '_id' | 'projectId' | 'draft'>;

/**
 * Holds the points of side effects as the draft has them, from before a signature is sent until it is known what came of it:
 * nobody proposes points that are neither in what is signed nor refused. It ends by itself for a signer who never repeats;
 * a signature that is taken in even later restores the points that it has. May be repeated.
 * @throws DomainError `draft-changed`
 */
export async function holdPoints({ connection, stores, now }: Parts, assessment: Held): Promise<void> {
  const { _id, projectId, draft } = assessment;
  await inTransaction(connection, async (session) => {
    await stores.projects.change(session, projectId, {
      $set: { [`signing.${_id}`]: now().toISOString() } as never,
    });
    const points = await pointedEffects(stores, projectId, session);
    if (sha256Of(points) !== sha256Of(draft.sideEffects)) throw new DomainError('draft-changed');
    const stated = await stores.measurements.pointedSideEffects(projectId, session);
    const pointed = stated.map(({ _id: sideEffectId, points, pointsReason, pointsBy }) => ({
      sideEffectId,
      points,
      pointsReason,
      pointsBy,
    }));
    await stores.assessments.keepPoints(session, _id, pointed);
  });
}

/**
 * Sends a signature and lets go of the points where it was refused. Where the outcome is unknown they stay held: the
 * signature may still be recorded, and repeating it tells.
 */
export async function lettingGo<T>(
  { stores }: Parts,
  { assessmentId, projectId }: { readonly assessmentId: string; readonly projectId: string },
  sign: () => Promise<T>,
): Promise<T> {
  try {
    return await sign();
  } catch (error) {
    const isRefused = error instanceof DomainError && error.code !== 'outcome-unknown';
    if (isRefused)
      await stores.projects.change(null, projectId, { $unset: { [`signing.${assessmentId}`]: '' } as never });
    throw error;
  }
}
