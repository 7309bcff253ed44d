import type { Command } from 'commander';
import { registerAccount } from './bank/account.commands.ts';
import { registerFiles } from './bank/file.commands.ts';
import { registerReconcile } from './bank/reconcile.command.ts';
import { registerSuspense } from './bank/suspense.commands.ts';

/** `talkoot bank`: payment files, the bank's answers, and what of them a person has to look into. */
export function registerBank(program: Command): void {
  const bank = program
    .command('bank')
    .description('Payment files for the bank and its answers (signed in: TALKOOT_TOKEN)');
  registerAccount(bank);
  registerFiles(bank);
  registerSuspense(bank);
  registerReconcile(bank);
}
