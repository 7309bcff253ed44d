import type { Command } from 'commander';
import { registerEstimate } from './impact/estimate.command.ts';

/** `talkoot impact …`: what projects changed, from files alone. */
export function registerImpact(program: Command): void {
  const impact = program.command('impact').description('Estimate what projects changed, from files');
  registerEstimate(impact);
}
