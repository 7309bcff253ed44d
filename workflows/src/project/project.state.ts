import type { CommandData, CommandName, StateOf } from '@talkoot/workflow-contracts';
import type { CommandRule, Move } from '../lifecycle/decisions.ts';

export type Project = StateOf<'project'>;
export type ProjectMove = Move<'project'>;
/** Rules of some of a project's decisions. */
export type ProjectRules<Names extends CommandName<'project'>> = {
  readonly [N in Names]: CommandRule<'project', CommandData['project'][N]>;
};

/** A project on which money is committed ends once that money is released. */
export const endAs = (ending: 'abandoned' | 'lapsed' | 'closed', reasonCode: string): ProjectMove => ({
  stage: null,
  facts: { ending },
  data: { reasonCode },
});
