import type { Explanation, ExplanationPart } from '@talkoot/api-contracts';
import type { AssessmentDraft, CriteriaLock } from '@talkoot/api-contracts/projects';
import { finalScoreOf } from '../proposal/project.ts';
import type { FinalScore, ProjectDocument } from '../proposal/project.ts';
import type { AssessmentDocument } from './assessment.store.ts';

type Result = AssessmentDraft['criteria'][number];
type Signed = Pick<AssessmentDocument, '_id' | 'sha256' | 'draft' | 'supersededBy'>;

/** Why a score is what it is: from the charter to the signature, each part with what it rests on. */
export function explainAssessment(
  assessment: Signed,
  { pilotId, finalScores, reopened }: Pick<ProjectDocument, 'finalScores' | 'pilotId' | 'reopened'>,
  lock: CriteriaLock,
): Explanation {
  const { _id, sha256, draft } = assessment;
  const final = finalScoreOf({ assessmentId: _id, finalScores });
  return {
    kind: 'assessment',
    id: _id,
    result: `score ${draft.score}${replacedBy(assessment, reopened)}`,
    amount: null,
    parts: [
      ...(draft.corrects ? [correctedPart(draft.corrects)] : []),
      lockPart(lock, pilotId),
      ...draft.criteria.map((result) => criterionPart(result, draft.computation)),
      {
        title: 'Score without side effects',
        lines: linesAbout(draft, null),
        sources: [{ kind: 'assessment', id: _id, sha256 }],
      },
      ...(final ? [finalPart(final)] : []),
    ],
  };
}

function replacedBy({ _id, supersededBy }: Signed, reopened: ProjectDocument['reopened']): string {
  if (supersededBy !== null) return `, replaced by ${supersededBy}`;
  return reopened?.assessmentId === _id ? `, to be replaced: ${upheldWords[reopened.upheld]}` : '';
}

const upheldWords = {
  objection: 'an objection was upheld',
  appeal: 'an appeal against the bonus was upheld',
} as const;

/** What it was made again for: the former stays on record, and is explained by its own id. */
const correctedPart = ({
  assessmentId,
  sha256,
  number,
  upheld,
  decision,
}: NonNullable<AssessmentDraft['corrects']>): ExplanationPart => ({
  title: `Assessment ${number + 1}, because ${upheldWords[upheld]}`,
  lines: [
    `replaces ${assessmentId}`,
    ...(upheld === 'appeal'
      ? ['what citizens voted on stays: side effects, their points and the votes']
      : []),
  ],
  sources: [
    { kind: 'assessment', id: assessmentId, sha256 },
    { kind: `${upheld}-decision`, ...decision },
  ],
});

function lockPart(
  { sha256, charterSha256, pollId, quorumReached, rules, criteria }: CriteriaLock,
  pilotId: string,
) {
  return {
    title: 'What was locked before the work began',
    lines: [
      `rules: goal on ${rules.goalOn}, evidence ${rules.evidence}, a crossed failure bound counts ${rules.failureValue}`,
      `vote: ${quorumReached ? 'quorum reached' : 'no quorum: the charter decides'}`,
      ...criteria.map(
        ({ criterionId, metric, yes, no, weight }) =>
          `${criterionId}: ${metric}: ${yes} yes, ${no} no, weight ${weight}`,
      ),
    ],
    sources: [
      { kind: 'charter', id: pilotId, sha256: charterSha256 },
      { kind: 'criteria-lock', id: pollId, sha256 },
    ],
  };
}

function criterionPart(result: Result, computation: readonly string[]): ExplanationPart {
  const { criterionId, metric, unit, baseline, goal, observed, method, estimate, note, observations } =
    result;
  const { collections } = result;
  const own = `${criterionId}: `;
  return {
    title: `${metric} (${criterionId})`,
    lines: [
      `baseline ${baseline ?? 'missing'}, goal ${goal}, observed ${observed ?? 'missing'} (${unit})`,
      estimate === null
        ? `no estimate: ${note ?? 'data are missing'}`
        : `estimate ${estimate} by ${method} from ${observations} observations, ${uncertaintyOf(result)}`,
      ...collections.map((one) => `observations in ${one.collection}: ${one.observations}`),
      ...(result.missingCollections.length > 0
        ? [`without readings as planned: ${result.missingCollections.join(', ')}`]
        : []),
      ...result.assumptions.map((assumption) => `assumed: ${assumption}`),
      ...result.computation,
      // Whose line it is, the title says.
      ...computation.flatMap((line) => (line.startsWith(own) ? [line.slice(own.length)] : [])),
    ],
    sources: collections.map(({ collection }) => ({
      kind: 'observations',
      id: `${criterionId}/${collection}`,
      sha256: null,
    })),
  };
}

function uncertaintyOf({ standardError, interval80, interval95, note }: Result): string {
  if (standardError === null) return `no standard error: ${note ?? 'undefined'}`;
  const shown = (name: string, interval: Result['interval80']) =>
    interval ? [`${name} ${interval.low} to ${interval.high}`] : [];
  return [`standard error ${standardError}`, ...shown('80%', interval80), ...shown('95%', interval95)].join(
    ', ',
  );
}

/** Lines of one criterion, or those that are of none. */
function linesAbout({ criteria, computation }: AssessmentDraft, criterionId: string | null): string[] {
  const ids = criterionId ? [criterionId] : criteria.map((one) => one.criterionId);
  const isAbout = (line: string) => ids.some((id) => line.startsWith(`${id}:`));
  return computation.filter((line) => isAbout(line) === (criterionId !== null));
}

function finalPart({ pollId, computation, score }: FinalScore): ExplanationPart {
  const effects = computation.filter((line) => /^(side effect|score S|missing weight)/.test(line));
  return {
    title: 'With the side effects that citizens accepted',
    lines: [...effects, `final score: ${score}`],
    sources: [{ kind: 'poll', id: pollId, sha256: null }],
  };
}
