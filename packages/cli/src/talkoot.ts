import { Command } from 'commander';
import { registerAllocate } from './allocate.command.ts';
import { registerDemo } from './demo.command.ts';
import { registerDoctor } from './doctor.command.ts';
import { runCommand } from './run-command.ts';
import { registerStack } from './stack.command.ts';

/** Each command is described in a file of its own. */
const commands = [registerStack, registerDoctor, registerDemo, registerAllocate];

const program = new Command('talkoot')
  .description('The local stack and the operation of Talkoot')
  .showHelpAfterError();
for (const register of commands) register(program);

await runCommand(() => program.parseAsync());
