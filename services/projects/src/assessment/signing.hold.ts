import { DomainError, inTransaction, sha256Of } from '@talkoot/http-service';
import type { Parts } from '../parts.ts';
import { pointedEffects } from './assessment.reading.ts';
import type { AssessmentDocument } from './assessment.store.ts';

type Held = Pick<AssessmentDocument, '_id' | 'projectId' | 'draft'>;

/**
 * Holds the points of side effects as the draft has them, from before a signature is sent until it is known what came of it:
 * nobody proposes points that are neither in what is signed nor refused. May be repeated.
 * @throws DomainError `draft-changed`
 */
export async function holdPoints({ connection, stores }: Parts, assessment: Held): Promise<void> {
  const { _id, projectId, draft } = assessment;
  await inTransaction(connection, async (session) => {
    await stores.projects.change(session, projectId, { $addToSet: { signing: _id } });
    const points = await pointedEffects(stores, projectId, session);
    if (sha256Of(points) !== sha256Of(draft.sideEffects)) throw new DomainError('draft-changed');
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
    if (isRefused) await stores.projects.change(null, projectId, { $pull: { signing: assessmentId } });
    throw error;
  }
}
