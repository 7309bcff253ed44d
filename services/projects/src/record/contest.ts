import type { TextRef } from '@talkoot/api-contracts';
import type { RecordContestShape } from '@talkoot/api-contracts/projects';
import { dueAfter, timesOf } from '@talkoot/charter-calendar';
import { DomainError } from '@talkoot/http-service';
import { isRecordFigure } from '@talkoot/impact';
import type { RecordCriterion, RecordEntry } from '@talkoot/impact';
import type { z } from 'zod';
import { isFraction } from '../number/fraction.ts';
import type { PilotDocument } from '../pilot/pilot.store.ts';
import { teamOf } from '../proposal/project.ts';
import type { ProjectDocument } from '../proposal/project.ts';
import { everAssigned } from '../staffing/assignment.ts';

/** Somebody says that one entry of their record is wrong. It is kept as it was made; a decision is added to it. */
export interface ContestDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  personId: string;
  criterion: RecordCriterion;
  /** The figure that counted then, and how it came about. */
  contested: string;
  computation: string[];
  reason: TextRef;
  dueAt: string;
  at: string;
}

/** Added once, never changed. */
export interface ContestDecisionDocument {
  /** The contest. */
  _id: string;
  municipalityId: string;
  pilotId: string;
  upheld: boolean;
  /** What counts from now on; null where the contest is dismissed. */
  figure: string | null;
  reason: TextRef;
  decidedBy: string;
  at: string;
}

export type Contest = ContestDocument & { readonly decision: ContestDecisionDocument | null };

/** Purposes of texts about a person's record. */
export const CONTEST_TEXTS = ['record-contest', 'record-contest-decision'];

const WINDOW = 'record.contest';
const DECISION = 'record.contest-decision';
/** Names of the calendar for contests, beside those of lifecycles. */
export const isContestTime = (name: string): boolean => name === WINDOW || name === DECISION;

/** Until when records of a pilot may be contested; null before its evaluation. */
export function contestUntil(pilot: Pick<PilotDocument, 'charter' | 'evaluatingSince'>): string | null {
  if (!pilot.evaluatingSince) return null;
  return dueAfter(pilot.charter, pilot.evaluatingSince, timesOf(pilot.charter, WINDOW).duration);
}

/** By when a contest opened now is to be decided. */
export const decisionDue = ({ charter }: Pick<PilotDocument, 'charter'>, now: Date): string =>
  dueAfter(charter, now.toISOString(), timesOf(charter, DECISION).duration);

/**
 * The figure that may be contested now.
 * @throws DomainError `contest-early`, `contest-late`, `not-weighed`, `nothing-to-contest`
 */
export function requireContestable(entry: RecordEntry | undefined, until: string | null, now: Date): string {
  if (until === null) throw new DomainError('contest-early');
  if (now.toISOString() > until) throw new DomainError('contest-late');
  if (!entry) throw new DomainError('not-weighed');
  if (entry.figure === null) throw new DomainError('nothing-to-contest');
  return entry.figure;
}

/**
 * Somebody who neither worked with the person, nor rated, nor assigned them.
 * @throws DomainError `decider-concerned`
 */
export function requireUnconcerned(
  decider: string,
  contest: Pick<ContestDocument, 'personId'>,
  of: { readonly projects: readonly ProjectDocument[]; readonly raters: readonly string[] },
): void {
  const together = of.projects.flatMap((project) => [
    ...teamOf(project).map(({ personId }) => personId),
    ...everAssigned(project),
    ...(project.staff?.assignedBy ?? []),
  ]);
  if ([contest.personId, ...together, ...of.raters].includes(decider)) {
    throw new DomainError('decider-concerned');
  }
}

/**
 * What counts after a decision; null where the contest is dismissed.
 * @throws DomainError `figure-missing`, `figure-out-of-range`
 */
export function figureOf(
  criterion: RecordCriterion,
  { upheld, figure }: { readonly upheld: boolean; readonly figure?: string | undefined },
): string | null {
  if (upheld !== (figure !== undefined)) throw new DomainError('figure-missing');
  if (figure === undefined) return null;
  if (!isFraction(figure) || !isRecordFigure(criterion, figure)) throw new DomainError('figure-out-of-range');
  return figure;
}

/** A contest as it is listed: without what was written. */
export function contestView(
  { _id, pilotId, personId, criterion, contested, reason, at, dueAt, decision }: Contest,
  now: Date,
): z.infer<typeof RecordContestShape> {
  return {
    contestId: _id,
    pilotId,
    personId,
    criterion,
    contested,
    reason,
    openedAt: at,
    dueAt,
    overdue: decision === null && now.toISOString() > dueAt,
    decision: decision && {
      upheld: decision.upheld,
      figure: decision.figure,
      reason: decision.reason,
      at: decision.at,
    },
  };
}
