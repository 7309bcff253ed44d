import { DomainError } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { Parts } from '../parts.ts';
import { isOnTeam, teamOf } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';

/** As what somebody of the team is refused. */
type OnTeam = 'team-member-measures' | 'assessor-on-team' | 'same-person-twice';
type Asking = Pick<Parts, 'neighbours'>;

/** Who is not on the team but may be any day, was, shares in the bonus by a signed agreement, or answers for the team. */
function stakesIn({ content, staff, agreement }: ProjectDocument): string[] {
  const { successor } = content.pledge;
  return [
    ...(successor ? [successor] : []),
    ...(staff?.assignedBy ?? []),
    ...(staff?.former ?? []).map(({ personId }) => personId),
    ...(agreement?.signed ? agreement.members.map(({ personId }) => personId) : []),
  ];
}

/** Who is paid for a project, as payments knows it now. */
const paidFor = async ({ neighbours }: Asking, projectId: string): Promise<readonly string[]> =>
  (await neighbours.payments.listInterested({ params: { projectId } })).personIds;

/** Everybody who gains from a project or answers for its success. */
export async function interestedIn(parts: Asking, project: ProjectDocument): Promise<Set<string>> {
  const team = teamOf(project).map(({ personId }) => personId);
  return new Set([...team, ...stakesIn(project), ...(await paidFor(parts, project._id))]);
}

/**
 * Somebody who has no interest in a project, but for what payments knows.
 * @throws DomainError `onTeam`, `interested-party`
 */
export function requireOutsider(project: ProjectDocument, personId: string, onTeam: OnTeam): void {
  if (isOnTeam(project, personId)) throw new DomainError(onTeam);
  if (stakesIn(project).includes(personId)) throw new DomainError('interested-party');
}

/**
 * Somebody who may measure or assess a project, or judge its assessment: an outsider whom nobody pays for it.
 * @param paid who is paid for it; asked of payments unless given
 * @throws DomainError `onTeam`, `interested-party`
 */
export async function requireDisinterested(
  parts: Asking,
  project: ProjectDocument,
  personId: string,
  onTeam: OnTeam,
  paid: (projectId: string) => Promise<readonly string[]> = (projectId) => paidFor(parts, projectId),
): Promise<void> {
  requireOutsider(project, personId, onTeam);
  if ((await paid(project._id)).includes(personId)) throw new DomainError('interested-party');
}

/**
 * Which of these people measured or assessed one of the projects. What somebody else corrected counts no more, so not
 * against who recorded it either.
 */
export async function measurersAmong(
  { stores }: Pick<Parts, 'stores'>,
  projectIds: readonly string[],
  personIds: readonly string[],
  session?: ClientSession,
): Promise<string[]> {
  const measurers = await stores.measurements.measurersAmong(projectIds, personIds, session);
  const assessors = await stores.assessments.assessorsAmong(projectIds, personIds, session);
  return [...new Set([...measurers, ...assessors])];
}

/**
 * People who may join a project or answer for it: they would gain from what they stated themselves.
 * @throws DomainError `has-measured`
 */
export async function requireNoMeasurer(
  parts: Pick<Parts, 'stores'>,
  { _id }: Pick<ProjectDocument, '_id'>,
  personIds: readonly string[],
  session?: ClientSession,
): Promise<void> {
  const found = await measurersAmong(parts, [_id], personIds, session);
  if (found.length > 0) throw new DomainError('has-measured');
}
