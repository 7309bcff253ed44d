import { Fraction } from 'fraction.js';
import type { Line } from './computation.ts';
import { exactOf, exactText, shown, sixPlaces, total } from './exact.ts';
import { ImpactError } from './impact.errors.ts';
import { isCount, repeats } from './validity.ts';

/** What a performance record may be weighed by. */
export const recordCriteria = [
  'collaboration',
  'engagement',
  'hours',
  'skills-taught',
  'skills-learned',
] as const;
export type RecordCriterion = (typeof recordCriteria)[number];

/** The charter's rules for performance records; numbers as decimal or `p/q` text. */
export interface RecordRules {
  /** Stars of fewer people in a project are neither shown nor counted; at least 3. */
  readonly minimumRaters: number;
  readonly criteria: readonly {
    readonly criterion: RecordCriterion;
    /** Above zero; the weights add up to 1. */
    readonly weight: string;
    /** The figure that counts in full, above zero: stars, share of weeks, share of assigned hours, or a number of skills. */
    readonly full: string;
  }[];
}

/** What one civil servant did in a pilot. */
export interface RecordEvidence {
  /** Stars from 1 to 5, of projects whose ratings are closed: no mean moves with a single rating. */
  readonly ratings: readonly { readonly projectId: string; readonly rater: string; readonly stars: number }[];
  /** Weeks of delivery of the person's projects, and those of them with confirmed work. */
  readonly weeks: { readonly worked: number; readonly all: number };
  readonly confirmedMinutes: number;
  readonly assignedHours: number;
  /** Skills that the learner confirmed. */
  readonly taught: number;
  readonly learned: number;
}

/** A figure that an upheld contest put in the place of what was recorded. */
export interface RecordCorrection {
  readonly criterion: RecordCriterion;
  readonly figure: string;
  /** Under which the decision is found. */
  readonly contestId: string;
}

export interface RecordEntry {
  readonly criterion: RecordCriterion;
  readonly weight: string;
  readonly full: string;
  /** From the evidence, exactly; null where `why` says so. */
  readonly recorded: string | null;
  /** What counts: as recorded, or as corrected. */
  readonly figure: string | null;
  /** weight × min(1, figure ÷ full), exactly. */
  readonly points: string | null;
  readonly why: 'too-few-raters' | 'nothing-yet' | null;
}

export interface RecordDecision {
  readonly entries: readonly RecordEntry[];
  /** From 0 to 1, exactly; null while an entry is missing: it would tell what is not shown. */
  readonly score: string | null;
  readonly computation: readonly Line[];
}

/**
 * score = Σ weight × min(1, figure ÷ full). Collaboration is the mean of each rater's mean in each project, to tenths of a
 * star (half to even): a finer one, or one of few people, would tell who gave what. All else is exact.
 * @throws ImpactError `rules-invalid`, `record-invalid`, `number-malformed`
 */
export function decideRecord(input: {
  readonly rules: RecordRules;
  readonly evidence: RecordEvidence;
  readonly corrections: readonly RecordCorrection[];
}): RecordDecision {
  requireRules(input.rules);
  requireEvidence(input.evidence);
  const weighed = input.rules.criteria.map((rule) => weigh(rule, input));
  const known = weighed.flatMap(({ points }) => points ?? []);
  const isWhole = known.length === weighed.length;
  const score = isWhole ? total(known) : null;
  const sum = {
    label: 'score',
    expression: isWhole ? known.map(shown).join(' + ') : 'not while an entry is missing',
    value: score ? shown(score) : 'none',
  };
  return {
    entries: weighed.map(({ entry }) => entry),
    score: score && exactText(score),
    computation: [...weighed.flatMap(({ lines }) => lines), sum],
  };
}

/** Whether the weights can weigh anything. @throws ImpactError `number-malformed` */
export function recordRuleProblems({ minimumRaters, criteria }: RecordRules): string[] {
  const weights = criteria.map(({ weight }) => exactOf(weight));
  const problems = [
    [minimumRaters >= 3, 'minimumRaters is at least 3'],
    [!repeats(criteria.map(({ criterion }) => criterion)), 'each criterion is weighed once'],
    [weights.every((weight) => weight.gt(0)), 'weights are above zero'],
    [total(weights).equals(1), 'weights add up to 1'],
    [criteria.every(({ full }) => exactOf(full).gt(0)), 'full is above zero'],
  ] as const;
  return problems.flatMap(([holds, problem]) => (holds ? [] : [problem]));
}

/** What a criterion's figure may be: stars from 1 to 5, a share of weeks, whole skills, hours without end. */
export function isRecordFigure(criterion: RecordCriterion, figure: string): boolean {
  const value = exactOf(figure);
  if (criterion === 'collaboration') return value.gte(1) && value.lte(5);
  if (criterion === 'hours') return value.gte(0);
  if (criterion === 'engagement') return value.gte(0) && value.lte(1);
  return value.gte(0) && value.d === 1n;
}

type Rule = RecordRules['criteria'][number];
interface Found {
  readonly figure: Fraction | null;
  readonly why: RecordEntry['why'];
  readonly line: Line;
}

function weigh(rule: Rule, { rules, evidence, corrections }: Parameters<typeof decideRecord>[0]) {
  const { criterion } = rule;
  const found = figures[criterion](evidence, rules.minimumRaters);
  const correction = corrections.findLast((one) => one.criterion === criterion);
  const figure = correction ? exactOf(correction.figure) : found.figure;
  const [weight, full] = [exactOf(rule.weight), exactOf(rule.full)];
  const share = figure && (figure.lt(full) ? figure.div(full) : new Fraction(1n));
  const points = share && weight.mul(share);
  const entry: RecordEntry = {
    criterion,
    weight: exactText(weight),
    full: exactText(full),
    recorded: found.figure && exactText(found.figure),
    figure: figure && exactText(figure),
    points: points && exactText(points),
    why: figure ? null : found.why,
  };
  const lines = [
    { ...found.line, label: criterion },
    ...(correction && figure ? [correctedLine(criterion, correction, figure)] : []),
    ...(figure && points ? [pointsLine(criterion, { weight, figure, full, points })] : []),
  ];
  return { entry, points, lines };
}

const correctedLine = (criterion: string, { contestId }: RecordCorrection, figure: Fraction): Line => ({
  label: `${criterion}: corrected`,
  expression: `contest ${contestId}`,
  value: shown(figure),
});

const pointsLine = (
  criterion: string,
  of: Record<'weight' | 'figure' | 'full' | 'points', Fraction>,
): Line => ({
  label: `${criterion}: counts`,
  expression: `${shown(of.weight)} × min(1, ${shown(of.figure)} ÷ ${shown(of.full)})`,
  value: shown(of.points),
});

type FigureOf = (evidence: RecordEvidence, minimumRaters: number) => Found;

const skillsConfirmed = (count: number): Found => ({
  figure: new Fraction(BigInt(count)),
  why: null,
  line: { label: '', expression: 'confirmed by the learner', value: String(count) },
});

const figures: Readonly<Record<RecordCriterion, FigureOf>> = {
  collaboration: ({ ratings }, minimumRaters) => collaborationOf(ratings, minimumRaters),
  engagement: ({ weeks }) =>
    shareOf(weeks.worked, weeks.all, `${weeks.worked} of ${weeks.all} weeks of delivery with confirmed work`),
  hours: ({ confirmedMinutes, assignedHours }) =>
    shareOf(
      confirmedMinutes,
      assignedHours * 60,
      `${confirmedMinutes} confirmed minutes of ${assignedHours} assigned hours`,
    ),
  'skills-taught': ({ taught }) => skillsConfirmed(taught),
  'skills-learned': ({ learned }) => skillsConfirmed(learned),
};

function shareOf(part: number, all: number, expression: string): Found {
  if (all === 0) return { figure: null, why: 'nothing-yet', line: { label: '', expression, value: 'none' } };
  const figure = new Fraction(BigInt(part), BigInt(all));
  return { figure, why: null, line: { label: '', expression, value: shown(figure) } };
}

function collaborationOf(ratings: RecordEvidence['ratings'], minimumRaters: number): Found {
  if (ratings.length === 0) return withoutStars('nothing-yet', 'no closed ratings');
  const projects = Object.values(Object.groupBy(ratings, ({ projectId }) => projectId));
  const means = projects.map((rated) => meansByRater(rated!)).filter((of) => of.length >= minimumRaters);
  const counted = means.flat();
  if (counted.length === 0)
    return withoutStars(
      'too-few-raters',
      `fewer than ${minimumRaters} raters in each project: they could be told apart`,
    );
  const figure = toTenths(total(counted).div(BigInt(counted.length)));
  const expression = `mean of ${counted.length} raters' means in ${means.length} projects with at least ${minimumRaters}, to tenths`;
  return { figure, why: null, line: { label: '', expression, value: shown(figure) } };
}

const withoutStars = (why: NonNullable<RecordEntry['why']>, expression: string): Found => ({
  figure: null,
  why,
  line: { label: '', expression, value: 'not shown' },
});

function meansByRater(ratings: RecordEvidence['ratings']): Fraction[] {
  return Object.values(Object.groupBy(ratings, ({ rater }) => rater)).map((own) =>
    total(own!.map(({ stars }) => new Fraction(BigInt(stars)))).div(BigInt(own!.length)),
  );
}

/** Half to even; of a mean of stars, so never negative. */
function toTenths(value: Fraction): Fraction {
  const scaled = value.mul(10n);
  const [floor, twice] = [scaled.n / scaled.d, (scaled.n % scaled.d) * 2n];
  const up = twice > scaled.d || (twice === scaled.d && floor % 2n === 1n);
  return new Fraction(floor + (up ? 1n : 0n), 10n);
}

function requireRules(rules: RecordRules): void {
  const [problem] = recordRuleProblems(rules);
  if (problem) throw new ImpactError('rules-invalid', problem);
}

function requireEvidence({
  ratings,
  weeks,
  confirmedMinutes,
  assignedHours,
  taught,
  learned,
}: RecordEvidence) {
  const counts = [weeks.worked, weeks.all, confirmedMinutes, assignedHours, taught, learned];
  const valid =
    counts.every(isCount) &&
    weeks.worked <= weeks.all &&
    ratings.every(({ stars }) => isCount(stars) && stars >= 1 && stars <= 5);
  if (!valid) throw new ImpactError('record-invalid', 'counts are of zero or more, stars from 1 to 5');
}

/** An exact number as a decimal of six places, half to even: for spreadsheets, where `9/2` would be read as a day. */
export const decimalShown = (exact: string): string => sixPlaces(exactOf(exact));
