import { createClient } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { Option } from 'commander';
import type { Command } from 'commander';
import { deploymentOf } from '../operation/deployment.ts';
import { BankRefused } from './bank.errors.ts';

/** Whose money it is and where the payments service answers, as the commands are told. */
export interface BankOptions {
  readonly municipality?: string;
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export interface BankPlace {
  readonly payments: Client<typeof paymentsApi>;
  readonly params: { readonly municipalityId: string };
}

/** Options that every command about the bank has. */
export function aboutBank(command: Command): Command {
  return command
    .addOption(new Option('-m, --municipality <id>', 'whose payments they are').env('TALKOOT_MUNICIPALITY'))
    .option(
      '--url <url>',
      'address of the payments service (default: $PAYMENTS_URL, or the local stack that runs)',
    )
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print JSON');
}

/** @throws BankRefused `municipality-missing`, `token-missing`, `address-malformed`; OperationRefused `no-deployment` */
export async function placeOfBank({ municipality, url, data }: BankOptions): Promise<BankPlace> {
  if (!municipality)
    throw new BankRefused(
      'municipality-missing',
      'Name it with --municipality, or set TALKOOT_MUNICIPALITY.',
    );
  const token = process.env['TALKOOT_TOKEN'];
  if (!token)
    throw new BankRefused(
      'token-missing',
      'Set TALKOOT_TOKEN to the token of your session (sign in at identity).',
    );
  const baseUrl = url ?? (await deploymentOf(['PAYMENTS_URL'], data)).PAYMENTS_URL;
  if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? ''))
    throw new BankRefused('address-malformed', `"${baseUrl}" is no address.`);
  const client = { baseUrl: baseUrl.replace(/\/+$/, ''), token: async () => token, deadlineMs: 60_000 };
  return { payments: createClient(paymentsApi, client), params: { municipalityId: municipality } };
}

/** Data on stdout with `--json`, otherwise lines for people. */
export function tell(options: BankOptions, data: unknown, lines: readonly string[]): void {
  process.stdout.write(`${options.json ? JSON.stringify(data, null, 2) : lines.join('\n')}\n`);
}
