import { Command } from 'commander';
import { doctorCommand } from './doctor.command.ts';
import { runCommand } from './run-command.ts';
import { stackCommand } from './stack.command.ts';

/** Each command is built in a file of its own. */
const commands = [stackCommand, doctorCommand];

const program = new Command('talkoot').description('The local stack and the operation of Talkoot').showHelpAfterError();
for (const create of commands) program.addCommand(create());

await runCommand(() => program.parseAsync());
