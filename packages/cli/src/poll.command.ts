import type { Command } from 'commander';
import { registerAnnulment } from './poll/annulment.commands.ts';
import { registerDesk } from './poll/desk/desk.commands.ts';
import { registerLogs } from './poll/logs/logs.command.ts';
import { registerOfficer } from './poll/officer.commands.ts';
import { registerStatus } from './poll/poll.status.ts';
import { registerTrustee } from './poll/trustee.commands.ts';
import { registerWait } from './poll/wait.commands.ts';

/** `talkoot poll`: what officers, trustees and desks do in a poll. */
export function registerPoll(program: Command): void {
  const poll = program.command('poll').description('Hold a poll: officers, trustees and desks');
  registerStatus(poll);
  registerOfficer(poll);
  registerWait(poll);
  registerAnnulment(poll);
  registerTrustee(poll);
  registerDesk(poll);
  registerLogs(poll);
}
