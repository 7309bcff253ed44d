import type { Command } from 'commander';
import { registerOfficer } from './poll/officer.commands.ts';
import { registerStatus } from './poll/poll.status.ts';
import { registerTrustee } from './poll/trustee.commands.ts';

/** `talkoot poll`: what officers and trustees do in a poll. */
export function registerPoll(program: Command): void {
  const poll = program.command('poll').description('Hold a poll: officers and trustees');
  registerStatus(poll);
  registerOfficer(poll);
  registerTrustee(poll);
}
