import type { Phase } from '@talkoot/workflow-contracts';
import { refuse } from '../lifecycle/decisions.ts';
import type { Project, ProjectMove, ProjectRules } from './project.state.ts';

const beforeBallot = ['proposed', 'qualified', 'admitted'] as const;
const whileChampioned: readonly Phase<'project'>[] = [
  ...beforeBallot,
  'on-ballot',
  'funded',
  'criteria-vote',
  'staffing',
  'delivery',
  'measurement',
  'assessment',
  'bonus-vote',
];

/** A refusal may be appealed once; a second one stands. */
const refuseProposal = ({ facts }: Project, refusedBy: string): ProjectMove =>
  facts.appealUsed ? { phase: 'refused' } : { stage: 'appeal', facts: { refusedBy } };

/** From the proposal to the ballot, and the question whether the champion is still there. */
export const proposalCommands: ProjectRules<
  'withdraw' | 'merge' | 'admit' | 'refuse' | 'ask-champion' | 'answer-as-champion'
> = {
  withdraw: { in: beforeBallot, decide: () => ({ phase: 'withdrawn' }) },
  merge: {
    in: beforeBallot,
    decide: (_, { data }) => ({ phase: 'merged', facts: { mergedInto: data.into } }),
  },
  admit: {
    in: ['qualified'],
    during: ['review'],
    decide: (_, { data }) => ({ phase: 'admitted', stage: 'ballot', facts: { cost: data.cost } }),
  },
  refuse: {
    in: ['qualified'],
    during: ['review'],
    decide: (state, { actor }) => refuseProposal(state, actor.id),
  },
  'ask-champion': {
    in: whileChampioned,
    decide: ({ sideStage }) =>
      sideStage === null ? { sideStage: 'champion-answer' } : refuse('already-decided'),
  },
  // The question may still be open when the bonus vote is over.
  'answer-as-champion': {
    in: [...whileChampioned, 'payout'],
    during: ['champion-answer'],
    decide: () => ({ sideStage: null }),
  },
};
