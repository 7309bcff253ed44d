import { AllocationError } from '@talkoot/allocation';
import type { AllocationRule } from '@talkoot/allocation';
import { type Command, InvalidArgumentError, Option } from 'commander';

export interface RuleOptions {
  readonly rule: AllocationRule['rule'];
  readonly completion: 'none' | 'utilitarian' | 'add1' | 'add1u';
  readonly increment: number;
  readonly exhaustiveStop: 'on' | 'off';
  readonly comparison: 'on' | 'off';
  readonly minimumVotes?: number;
  readonly threshold?: number;
}

/** Adds an option for each parameter of a rule. */
export function withRuleOptions(command: Command): Command {
  const option = (flags: string, description: string, choices: readonly string[], preset: string) =>
    new Option(flags, description).choices(choices).default(preset);
  return command
    .addOption(option('--rule <rule>', 'allocation rule', ['greedy', 'equal-shares'], 'greedy'))
    .addOption(
      option(
        '--completion <completion>',
        'equal shares: how the rest is spent',
        ['none', 'utilitarian', 'add1', 'add1u'],
        'none',
      ),
    )
    .option('--increment <units>', 'add1, add1u: whole currency units a step', wholeAbove(0), 1)
    .addOption(
      option(
        '--exhaustive-stop <on|off>',
        'add1, add1u: stop when nothing supported fits any more',
        ['on', 'off'],
        'on',
      ),
    )
    .addOption(
      option(
        '--comparison <on|off>',
        "equal shares: greedy's outcome stands if more voters have more in it",
        ['on', 'off'],
        'off',
      ),
    )
    .option('--minimum-votes <count>', 'projects with fewer are out', wholeAbove(-1))
    .option('--threshold <k>', 'out is what has less than cost / (k × budget) of the votes', wholeAbove(0));
}

/**
 * @param unit a currency unit, in the unit of the costs
 * @throws AllocationError `rule-invalid` for a parameter that would not be followed
 */
export function ruleFrom(options: RuleOptions, unit: number, conflicts?: string[][]): AllocationRule {
  const filters = {
    ...(options.minimumVotes === undefined ? {} : { minimumVotes: options.minimumVotes }),
    ...(options.threshold === undefined ? {} : { costThreshold: options.threshold }),
    ...(conflicts === undefined ? {} : { conflicts }),
  };
  if (options.rule === 'greedy') {
    if (options.completion !== 'none' || options.comparison === 'on')
      throw new AllocationError(
        'rule-invalid',
        'greedy has no completion and no comparison: --rule equal-shares does',
      );
    return { rule: 'greedy', ...filters };
  }
  return {
    rule: 'equal-shares',
    completion: options.completion,
    increment: options.increment * unit,
    exhaustiveStop: options.exhaustiveStop === 'on',
    comparison: options.comparison === 'on',
    ...filters,
  };
}

const wholeAbove = (least: number) => (text: string) => {
  const number = Number(text);
  if (!/^\d{1,9}$/.test(text) || number <= least)
    throw new InvalidArgumentError(`A whole number above ${least}.`);
  return number;
};
