import type { Decisions } from '../lifecycle/decisions.ts';
import { resultCommands } from './assessment.decisions.ts';
import { projectFacts } from './project.facts.ts';
import { projectDeadlines } from './project.deadlines.ts';
import { proposalCommands } from './proposal.decisions.ts';
import { teamCommands } from './team.decisions.ts';

/** Everything that moves a project. */
export const projectDecisions: Decisions<'project'> = {
  kind: 'project',
  begin: () => ({ phase: 'proposed', stage: 'endorsement' }),
  commands: { ...proposalCommands, ...teamCommands, ...resultCommands },
  facts: projectFacts,
  whenOver: projectDeadlines,
};
