import type { Money, TextRef } from '@talkoot/api-contracts';
import type { AssessmentDraft, CriteriaLock, Criterion, Pledge, Pot } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';

export interface ProposalText {
  title: string;
  description: string;
  place: string;
  cost: Money;
  pledge: Pledge;
  criteria: Criterion[];
}

export interface Agreement {
  sha256: string;
  pots: Record<Pot, number>;
  members: { personId: string; pot: Pot; weight: number }[];
  milestones: { id: string; title: string; due?: string | undefined }[];
  signedBy: string[];
  signed: boolean;
  proposedAt: string;
}

/** A civil servant's part in a project. */
export interface Assignment {
  personId: string;
  hours: number;
  since: string;
}
export interface FormerAssignment extends Assignment {
  until: string;
}

/** The score on which a bonus is decided, of one assessment. */
export interface FinalScore {
  assessmentId: string;
  pollId: string;
  score: string;
  computation: string[];
  payable: boolean;
}

/** Why the assessment is made again, and of when the one is that stood. */
export type Reopened = NonNullable<AssessmentDraft['corrects']> & { signedAt: string };

/** The public record of one project, from its proposal on. */
export interface ProjectDocument {
  _id: string;
  municipalityId: string;
  pilotId: string;
  roundId: string;
  externalId: string | null;
  content: ProposalText;
  version: number;
  champion: string;
  coChampions: string[];
  invited: string[];
  /** Proposals whose champion was asked to take this one in. */
  mergeRequests: string[];
  mergedInto: string | null;
  phase: string;
  phases: { phase: string; at: string }[];
  reasons: { step: string; text: TextRef; at: string }[];
  endorsements: number;
  threshold: number;
  thresholdReached: boolean;
  ideasClosed: boolean;
  reviewedCost: Money | null;
  allocation: { funded: boolean; votes: number; cost: Money; reasonCode: string } | null;
  lock: CriteriaLock | null;
  staff: {
    lead: string;
    civilServants: Assignment[];
    /** Assignments that ended, as others took over. What was done then stays on record. */
    former: FormerAssignment[];
    /** The managers who assigned them, at first or later. */
    assignedBy: string[];
    at: string;
  } | null;
  volunteers: { personId: string; acceptedByChampion: boolean; acceptedByLead: boolean }[];
  agreement: Agreement | null;
  milestones: Record<string, string[]>;
  /** Counted up by each recording and withdrawal, so that two of them are serialised and no draft overlooks one. */
  observations: number;
  /** How many data feeds were made; written for the same reason. */
  feeds: number;
  measurementId: string | null;
  /** How often points were proposed for a side effect: written by each, so that none overlooks a signature. */
  pointings: number;
  /** Assessments that are being signed, each with when it was sent: meanwhile points stay as they are. */
  signing: Record<string, string>;
  /** The assessment in force; none while an upheld objection has it made again. */
  assessmentId: string | null;
  /** Until the corrected assessment is signed. */
  reopened: Reopened | null;
  /** One for each assessment on which a bonus was decided. */
  finalScores: FinalScore[];
  at: string;
}

export type Side = 'civil-servants' | 'citizens';
export interface Member {
  readonly personId: string;
  readonly pot: Pot;
}

type Relations = Pick<ProjectDocument, 'champion' | 'coChampions' | 'staff' | 'volunteers'>;

/** Everybody on the team and the pot they share in: civil servants, champions, accepted volunteers. */
export function teamOf(project: Relations): Member[] {
  const accepted = project.volunteers.filter((one) => one.acceptedByChampion && one.acceptedByLead);
  return [
    ...(project.staff?.civilServants ?? []).map(({ personId }) => member(personId, 'civil-servants')),
    ...[project.champion, ...project.coChampions].map((personId) => member(personId, 'champions')),
    ...accepted.map(({ personId }) => member(personId, 'volunteers')),
  ];
}
const member = (personId: string, pot: Pot): Member => ({ personId, pot });

/** On which side of the collaboration a person works; null when they are not on the team. */
export function sideOf(project: Relations, personId: string): Side | null {
  const found = teamOf(project).find((one) => one.personId === personId);
  if (!found) return null;
  return found.pot === 'civil-servants' ? 'civil-servants' : 'citizens';
}

export const isOnTeam = (project: Relations, personId: string): boolean => sideOf(project, personId) !== null;

/** @throws DomainError `not-on-team` */
export function requireSide(project: Relations, personId: string): Side {
  const side = sideOf(project, personId);
  if (!side) throw new DomainError('not-on-team');
  return side;
}

/** @throws DomainError `not-champion` */
export function requireChampion(project: Pick<Relations, 'champion'>, personId: string): void {
  if (project.champion !== personId) throw new DomainError('not-champion');
}

/** @throws DomainError `not-champion` or `not-lead` */
export function requireCapacity(project: Relations, personId: string, as: 'champion' | 'lead'): void {
  if (as === 'champion') return requireChampion(project, personId);
  if (project.staff?.lead !== personId) throw new DomainError('not-lead');
}

/** Phases before the team's work begins: teams and baselines may still change. */
export const BEFORE_WORK = [
  'proposed',
  'qualified',
  'admitted',
  'on-ballot',
  'funded',
  'criteria-vote',
  'staffing',
] as const;

export const isBeforeWork = (phase: string): boolean => (BEFORE_WORK as readonly string[]).includes(phase);

/** @throws DomainError `wrong-phase` */
export function requirePhase(project: Pick<ProjectDocument, 'phase'>, phases: readonly string[]): void {
  if (!phases.includes(project.phase))
    throw new DomainError('wrong-phase', `The project is ${project.phase}`);
}

type Assessed = Pick<ProjectDocument, 'assessmentId' | 'finalScores' | 'reopened' | 'phase'>;

/** Neither an objection nor an appeal against the bonus can have it corrected any more: no way leads back from the payout. */
export function isAssessmentFinal({
  assessmentId,
  phase,
}: Pick<Assessed, 'assessmentId' | 'phase'>): boolean {
  return assessmentId !== null && phase !== 'assessment' && phase !== 'bonus-vote';
}

/** Of the assessment in force; null while the bonus is not decided on it. */
export function finalScoreOf({ assessmentId, finalScores }: Pick<Assessed, 'assessmentId' | 'finalScores'>) {
  return finalScores.find((one) => one.assessmentId === assessmentId) ?? null;
}

/** The vote was held: what citizens voted on stays as it was, though the assessment is made again. */
export const isVoteSettled = ({ reopened }: Pick<Assessed, 'reopened'>): boolean =>
  reopened?.upheld === 'appeal';
