import type { AssessmentDraft, CriteriaLock } from '@talkoot/api-contracts/projects';
import { sha256Of } from '@talkoot/http-service';
import { criterionProblems, decideScore, lineText } from '@talkoot/impact';
import type { Criterion, ScoreDecision, ScoreInput } from '@talkoot/impact';
import { missingIn } from '../measurement/observation.ts';
import { fraction, formatFraction, parseFraction, plus } from '../number/fraction.ts';
import { votesOf } from './criteria.lock.ts';
import { measureAll } from './estimates.ts';
import type { Measured, Standing } from './estimates.ts';

type Locked = CriteriaLock['criteria'][number];
export interface Effect {
  readonly sideEffectId: string;
  readonly title: string;
  readonly direction: string;
  readonly points: string;
}
export interface Tally {
  readonly optionId: string;
  readonly yes: number;
  readonly no: number;
}

/** What an assessment follows from. */
export interface AssessmentBasis {
  readonly projectId: string;
  readonly lock: CriteriaLock;
  readonly observations: readonly Standing[];
  readonly sideEffects: readonly Effect[];
  /** Names of those that were planned. */
  readonly collections: readonly string[];
}

/** The assessment that the locked criteria and the observations give: no judgement in it, every line shown. */
export function draftAssessment(basis: AssessmentBasis): AssessmentDraft {
  const { lock, observations } = basis;
  return draftFrom(basis, measureAll(lock.criteria, observations));
}

/** The same of what was measured already: by `measureAll`, which takes nearly all of the time. */
export function draftFrom(
  { projectId, lock, observations, sideEffects, collections }: AssessmentBasis,
  all: readonly Measured[],
): AssessmentDraft {
  const measured = new Map(lock.criteria.map(({ criterionId }, at) => [criterionId, all[at]!]));
  const decision = decideScore({ ...inputOf(lock, measured), sideEffects: [] });
  const criteria = lock.criteria.map((criterion) => ({
    ...resultOf(criterion, measured.get(criterion.criterionId)!, decision),
    missingCollections: collections.filter(
      (name) => criterion.accepted && missingIn(name, [criterion], observations).length > 0,
    ),
  }));
  const missing = criteria.filter((one) => one.missing).map(({ weight }) => parseFraction(weight));
  const draft = {
    projectId,
    lockSha256: lock.sha256,
    criteria,
    score: decision.score,
    missingWeight: formatFraction(missing.reduce(plus, fraction(0n, 1n))),
    payable: decision.payable,
    sideEffects: [...sideEffects],
    computation: decision.computation.map(lineText),
    corrects: null,
  };
  return { ...draft, sha256: sha256Of(draft) };
}

/** The draft that corrects an earlier assessment: what is signed names that one, and the decision that asked for it. */
export function correcting(
  { sha256: _, ...draft }: AssessmentDraft,
  corrects: AssessmentDraft['corrects'],
): AssessmentDraft {
  const corrected = { ...draft, corrects };
  return { ...corrected, sha256: sha256Of(corrected) };
}

/** The score with the side effects that citizens accepted, from the signed draft alone. */
export function finalScore(
  lock: CriteriaLock,
  draft: AssessmentDraft,
  tallies: readonly Tally[],
): ScoreDecision {
  const measured = new Map(draft.criteria.map((one) => [one.criterionId, signedIn(one)]));
  const votes = new Map(tallies.map(({ optionId, yes, no }) => [optionId, { yes, no }]));
  const sideEffects = draft.sideEffects.map(({ sideEffectId, points }) => ({
    sideEffectId,
    points,
    votes: votes.get(sideEffectId) ?? { yes: 0, no: 0 },
  }));
  return decideScore({ ...inputOf(lock, measured), sideEffects });
}

type Result = AssessmentDraft['criteria'][number];
type Judged = Pick<Measured, 'baseline' | 'estimate'>;

function inputOf(
  lock: CriteriaLock,
  measured: ReadonlyMap<string, Judged>,
): Pick<ScoreInput, 'rules' | 'criteria'> {
  return {
    rules: lock.rules,
    criteria: lock.criteria.map((locked) => {
      const found = measured.get(locked.criterionId);
      const criterion = scorable(locked, found?.baseline ?? null);
      const known = found?.estimate && criterionProblems(criterion).length === 0;
      return { criterion, votes: votesOf(lock, locked), measured: known ? found.estimate : null };
    }),
  };
}

/** The criterion as the score reads it. A measured baseline may contradict what was proposed: then data count as missing. */
function scorable(locked: Locked, baseline: string | null): Criterion {
  const { criterionId, metric, unit, direction, goal, failureBound, comparator, source } = locked;
  return {
    criterionId,
    metric,
    unit,
    direction,
    goal,
    comparator,
    source,
    ...(baseline === null ? {} : { baseline: { value: baseline, at: locked.baseline?.observedAt ?? '' } }),
    ...(failureBound === undefined ? {} : { failureBound }),
  };
}

function resultOf(
  locked: Locked,
  { baseline, estimate, note, observations, collections }: Measured,
  decision: ScoreDecision,
): Omit<Result, 'missingCollections'> {
  const score = decision.criteria.find(({ criterionId }) => criterionId === locked.criterionId)!;
  return {
    criterionId: locked.criterionId,
    metric: locked.metric,
    unit: locked.unit,
    weight: locked.weight,
    comparator: locked.comparator,
    baseline,
    goal: locked.goal,
    observed: estimate?.observed ?? null,
    estimate: estimate?.estimate ?? null,
    standardError: estimate?.standardError ?? null,
    interval80: estimate?.interval80 ?? null,
    interval95: estimate?.interval95 ?? null,
    observedInterval80: estimate?.observedInterval80 ?? null,
    method: estimate?.method ?? null,
    note,
    observations,
    collections: [...collections],
    n: estimate?.n ?? null,
    p: estimate?.p ?? null,
    assumptions: estimate?.assumptions ?? [],
    computation: estimate?.computation ?? [],
    failed: score.failureBoundCrossed,
    missing: score.missing,
    achievement: score.achievement,
  };
}

function signedIn(result: Result): Judged {
  const { baseline, estimate, method, unit, standardError, observed, n, p } = result;
  if (estimate === null || method === null || n === null || result.missing)
    return { baseline, estimate: null };
  const { interval80, interval95, observedInterval80, note: reason, assumptions, computation } = result;
  const intervals = { interval80, interval95, observedInterval80 };
  return {
    baseline,
    estimate: {
      ...{ method, unit, estimate, standardError, reason, ...intervals },
      ...{ observed, n, p, assumptions, computation },
    },
  };
}
