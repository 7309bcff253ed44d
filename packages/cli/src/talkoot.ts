import { Command } from 'commander';
import { registerAllocate } from './allocate.command.ts';
import { registerBank } from './bank.command.ts';
import { registerBatches } from './batches.command.ts';
import { registerDemo } from './demo.command.ts';
import { registerDoctor } from './doctor.command.ts';
import { registerEvents } from './events.command.ts';
import { registerImpact } from './impact.command.ts';
import { registerLedger } from './ledger.command.ts';
import { registerLifecycle } from './lifecycle.command.ts';
import { registerNotices } from './notices.command.ts';
import { registerObligations } from './obligations.command.ts';
import { registerOutcome } from './outcome.command.ts';
import { registerPayees } from './payees.command.ts';
import { registerPayouts } from './payouts.command.ts';
import { registerPayroll } from './payroll.command.ts';
import { registerPersonnel } from './personnel.command.ts';
import { registerPoll } from './poll.command.ts';
import { registerRecord } from './record.command.ts';
import { runCommand } from './run-command.ts';
import { registerSpending } from './spending.command.ts';
import { registerStack } from './stack.command.ts';
import { registerTimeline } from './timeline.command.ts';
import { registerVerify } from './verify.command.ts';
import { registerWebhooks } from './webhooks.command.ts';
import { registerWhy } from './why.command.ts';
import { registerYear } from './year.command.ts';

/** Each command is described in a file of its own. */
const commands = [
  registerStack,
  registerDoctor,
  registerDemo,
  registerAllocate,
  registerOutcome,
  registerVerify,
  registerImpact,
  registerPoll,
  registerLifecycle,
  registerEvents,
  registerTimeline,
  registerPayouts,
  registerSpending,
  registerObligations,
  registerBatches,
  registerBank,
  registerPayroll,
  registerPayees,
  registerYear,
  registerLedger,
  registerWebhooks,
  registerPersonnel,
  registerRecord,
  registerNotices,
  registerWhy,
];

const program = new Command('talkoot')
  .description('The local stack and the operation of Talkoot')
  .showHelpAfterError();
for (const register of commands) register(program);

await runCommand(() => program.parseAsync());
