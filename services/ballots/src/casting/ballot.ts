import { ballotProblems } from '@talkoot/allocation';
import type { BallotProblem } from '@talkoot/allocation';
import type { Ballot } from '@talkoot/api-contracts/ballots';
import { DomainError } from '@talkoot/http-service';
import type { PollRules } from '../poll/poll.ts';

/** What a ballot says, in one canonical form: lists sorted, nothing else. */
export type Vote =
  | { readonly choices: readonly string[] }
  | { readonly yes: readonly string[]; readonly no: readonly string[]; readonly share: number | null };

type Sent = Pick<Ballot, 'choices' | 'answers'>;

/**
 * The vote of a ballot, if it keeps the rules of the poll.
 * @throws DomainError `ballot-of-another-type`, `ballot-invalid`, `over-budget`
 */
export function voteOf(sent: Sent, rules: PollRules): Vote {
  if (rules.type === 'approval' || rules.type === 'knapsack') return choicesOf(sent, rules, rules.type);
  return answersOf(sent, rules);
}

function choicesOf({ choices, answers }: Sent, rules: PollRules, type: 'approval' | 'knapsack'): Vote {
  if (choices === undefined || answers !== undefined) throw new DomainError('ballot-of-another-type');
  const { minChoices, maxChoices, costs } = rules;
  const limits = { minChoices, maxChoices, costs, budget: rules.budget?.amount ?? 0 };
  const problems = ballotProblems(type, limits, choices);
  if (problems.length > 0) throw refusal(problems);
  return { choices: choices.toSorted() };
}

function refusal(problems: readonly BallotProblem[]): DomainError {
  const onlyBudget = problems.every((one) => one.code === 'over-budget');
  const errors = problems.map(({ code, projectId }) => ({
    at: 'body.choices',
    message: textOf(code, projectId),
  }));
  return new DomainError(onlyBudget ? 'over-budget' : 'ballot-invalid', undefined, errors);
}

function textOf(code: BallotProblem['code'], projectId: string | undefined): string {
  return projectId === undefined ? code : `${code}: ${projectId}`;
}

function answersOf({ choices, answers }: Sent, rules: PollRules): Vote {
  if (answers === undefined || choices !== undefined) throw new DomainError('ballot-of-another-type');
  const { yes, no, share } = answers;
  if (share !== undefined && rules.type !== 'bonus') throw new DomainError('ballot-of-another-type');
  const named = [...yes, ...no];
  const unknown = named.find((id) => !Object.hasOwn(rules.costs, id));
  if (unknown !== undefined) throw invalid(`unknown-option: ${unknown}`);
  const twice = named.find((id, index) => named.indexOf(id) !== index);
  if (twice !== undefined) throw invalid(`duplicate-answer: ${twice}`);
  return { yes: yes.toSorted(), no: no.toSorted(), share: share ?? null };
}

const invalid = (message: string) =>
  new DomainError('ballot-invalid', undefined, [{ at: 'body.answers', message }]);
