import { refuse } from '../lifecycle/decisions.ts';
import type { Refusal } from '../lifecycle/decisions.ts';
import type { Project, ProjectMove, ProjectRules } from './project.state.ts';

const toBonusVote: ProjectMove = { phase: 'bonus-vote', stage: 'bonus-vote' };
const toPayout: ProjectMove = { phase: 'payout', stage: 'payout' };

function appeal({ phase, stage, facts }: Project, person: string): ProjectMove | Refusal {
  if (phase === 'qualified') {
    if (stage === 'appeal') {
      return { stage: 'appeal-decision', facts: { appealUsed: true, appealedBy: person } };
    }
    return refuse(facts.appealUsed ? 'appeal-used' : 'not-awaited');
  }
  if (stage === 'bonus-appeal') {
    const appealed = { bonusAppealUsed: true, bonusAppealedBy: person };
    return { stage: 'bonus-appeal-decision', facts: appealed };
  }
  if (facts.bonusAppealUsed) return refuse('appeal-used');
  return refuse(phase === 'bonus-vote' ? 'not-awaited' : 'wrong-phase');
}

/** Whoever decided before, or complains of it, does not decide on the complaint. A bonus rests on its assessment. */
function isConcerned({ stage, facts }: Project, person: string): boolean {
  const { refusedBy, appealedBy, assessedBy, objectedBy = [], bonusAppealedBy } = facts;
  if (stage === 'appeal-decision') return [refusedBy, appealedBy].includes(person);
  if (stage === 'objection-decision') return [assessedBy, ...objectedBy].includes(person);
  return [assessedBy, bonusAppealedBy].includes(person);
}

/** Upheld: the review or the assessment is made again; of a bonus the assessment, on which the bonus is decided again. */
function decideAppeal({ stage }: Project, upheld: boolean, person: string): ProjectMove | Refusal {
  if (stage === 'appeal-decision') return upheld ? { stage: 'review' } : { phase: 'refused' };
  if (stage === 'objection-decision') return upheld ? { stage: 'assessment' } : toBonusVote;
  if (stage !== 'bonus-appeal-decision') return refuse('not-awaited');
  if (!upheld) return toPayout;
  const facts = { bonusPayable: null, bonusAppealUpheldBy: person };
  return { phase: 'assessment', stage: 'reassessment', facts };
}

/** Whoever complained of an assessment or a bonus, or upheld that, does not write what follows from it. */
function hasTakenSides({ facts }: Project, person: string): boolean {
  const { objectedBy = [], bonusAppealedBy, bonusAppealUpheldBy } = facts;
  return [...objectedBy, bonusAppealedBy, bonusAppealUpheldBy].includes(person);
}

/** Anybody may object to the first assessment; one that follows an appeal is the answer to it, and the bonus is decided. */
function signAssessment(
  state: Project,
  person: string,
  assessment: NonNullable<Project['facts']['assessment']>,
): ProjectMove | Refusal {
  if (hasTakenSides(state, person)) return refuse('same-person-twice');
  const { assessmentId, sha256, score } = assessment;
  const facts = { assessment: { assessmentId, sha256, score }, assessedBy: person };
  if (state.stage === 'reassessment') return { phase: 'bonus-vote', stage: null, facts };
  return { stage: 'objection', facts };
}

/** An authorised person ends a window in which others could have acted. */
function closeWindow({ stage }: Project): ProjectMove | Refusal {
  if (stage === 'appeal') return { phase: 'refused' };
  if (stage === 'objection') return toBonusVote;
  if (stage === 'bonus-appeal') return toPayout;
  return refuse('not-awaited');
}

/** Assessment, objections, and every appeal. */
export const resultCommands: ProjectRules<
  'appeal' | 'decide-appeal' | 'sign-assessment' | 'object' | 'close-window'
> = {
  // Also where there is nothing to appeal against: whoever comes second hears that the one appeal was used.
  appeal: {
    in: ['qualified', 'assessment', 'bonus-vote', 'payout'],
    decide: (state, { actor }) => appeal(state, actor.id),
  },
  'decide-appeal': {
    in: ['qualified', 'assessment', 'bonus-vote'],
    decide: (state, { data, actor }) =>
      isConcerned(state, actor.id) ? refuse('same-person-twice') : decideAppeal(state, data.upheld, actor.id),
  },
  'sign-assessment': {
    in: ['assessment'],
    during: ['assessment', 'reassessment'],
    decide: (state, { actor, data }) => signAssessment(state, actor.id, data),
  },
  object: {
    in: ['assessment'],
    during: ['objection', 'objection-decision'],
    decide: ({ stage, facts }, { data, actor }) => {
      const objections = facts.objections ?? [];
      if (objections.includes(data.objectionId)) return refuse('already-decided');
      return {
        ...(stage === 'objection' ? { stage: 'objection-decision' } : {}),
        facts: {
          objections: [...objections, data.objectionId].slice(-MAX_OBJECTIONS),
          objectedBy: [...new Set([...(facts.objectedBy ?? []), actor.id])].slice(-MAX_OBJECTIONS),
        },
      };
    },
  },
  'close-window': { in: ['qualified', 'assessment', 'bonus-vote'], decide: closeWindow },
};
/** The state remembers so many of the latest; all are on the public record. */
const MAX_OBJECTIONS = 100;
