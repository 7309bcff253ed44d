import { createClient } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { Option } from 'commander';
import type { Command } from 'commander';
import { deploymentOf } from '../operation/deployment.ts';
import { ServiceRefused } from '../operation/service.refusal.ts';
import { httpAddress } from '../poll/poll.place.ts';
import { sessionToken } from '../poll/session.token.ts';

/** Whose webhooks, and where, as commands are told. */
export interface PlaceOptions {
  readonly municipality?: string;
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export interface WebhooksPlace {
  readonly payments: Client<typeof paymentsApi>;
  readonly municipalityId: string;
}

/** A command about the webhooks of a municipality. */
export function aboutWebhooks(command: Command): Command {
  return command
    .addOption(new Option('-m, --municipality <id>', 'whose webhooks they are').env('TALKOOT_MUNICIPALITY'))
    .option(
      '--url <url>',
      'address of the payments service (default: $PAYMENTS_URL, or the local stack that runs)',
    )
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print JSON');
}

/**
 * Signed in by TALKOOT_TOKEN.
 * @throws ServiceRefused `municipality-missing`; PollRefused `token-missing`, `address-malformed`; OperationRefused
 * `no-deployment`
 */
export async function placeOfWebhooks({ municipality, url, data }: PlaceOptions): Promise<WebhooksPlace> {
  if (!municipality) {
    const how = 'Name it with --municipality, or set TALKOOT_MUNICIPALITY.';
    throw new ServiceRefused('municipality-missing', how);
  }
  const baseUrl = httpAddress(url ?? (await deploymentOf(['PAYMENTS_URL'], data)).PAYMENTS_URL);
  const payments = createClient(paymentsApi, { baseUrl, token: () => sessionToken(), deadlineMs: 30_000 });
  return { payments, municipalityId: municipality };
}
