import { createClient } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { Option } from 'commander';
import type { Command } from 'commander';
import { saidPlainly, ServiceRefused } from '../service/service.errors.ts';
import type { Hints } from '../service/service.errors.ts';
import { municipalityOf } from '../service/service.place.ts';
import { deploymentOf } from './deployment.ts';

/** Whose payments, and where the service answers, as commands are told. */
export interface PaymentsOptions {
  readonly municipality?: string;
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

export interface PaymentsPlace {
  readonly payments: Client<typeof paymentsApi>;
  readonly params: { readonly municipalityId: string };
}

/** A command about the payments of a municipality. */
export function aboutPayments(command: Command): Command {
  return command
    .addOption(new Option('-m, --municipality <id>', 'whose payments they are').env('TALKOOT_MUNICIPALITY'))
    .option(
      '--url <url>',
      'address of the payments service (default: $PAYMENTS_URL, or the local stack that runs)',
    )
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print JSON');
}

/**
 * Signed in by TALKOOT_TOKEN.
 * @throws ServiceRefused `municipality-missing`, `token-missing`, `address-malformed`; OperationRefused `no-deployment`
 */
export async function placeOfPayments(options: PaymentsOptions): Promise<PaymentsPlace> {
  const municipalityId = municipalityOf(options);
  const token = process.env.TALKOOT_TOKEN;
  if (!token) {
    const how = 'Set TALKOOT_TOKEN to the token of your session (sign in at identity).';
    throw new ServiceRefused('token-missing', how);
  }
  return placeAt(municipalityId, options, token);
}

/**
 * As whoever is signed in by TALKOOT_TOKEN, or as anybody.
 * @throws ServiceRefused `municipality-missing`, `address-malformed`; OperationRefused `no-deployment`
 */
export function publicPlaceOfPayments(options: PaymentsOptions): Promise<PaymentsPlace> {
  return placeAt(municipalityOf(options), options, process.env.TALKOOT_TOKEN);
}

async function placeAt(
  municipalityId: string,
  { url, data }: PaymentsOptions,
  token: string | undefined,
): Promise<PaymentsPlace> {
  const baseUrl = url ?? (await deploymentOf(['PAYMENTS_URL'], data)).PAYMENTS_URL;
  if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? '')) {
    throw new ServiceRefused('address-malformed', `"${baseUrl}" is no address.`);
  }
  const as = token ? { token: async () => token } : {};
  const client = { baseUrl: baseUrl.replace(/\/+$/, ''), ...as, deadlineMs: 60_000 };
  return { payments: createClient(paymentsApi, client), params: { municipalityId } };
}

/** Refusals of the service, said to the person at the terminal. @throws ServiceRefused */
export const refusingPlainly = <T>(work: () => Promise<T>): Promise<T> => saidPlainly(work, hints);

const signInAgain = 'Sign in again, and set TALKOOT_TOKEN anew';
const hints: Hints = {
  'not-found': 'Look at the id, and whose it is (--municipality)',
  'batch-not-instructed': 'It is approved, released and handed over first',
  'debtor-account-missing': 'talkoot bank account propose names one, and the budget authority confirms it',
  'bank-file-expired': 'talkoot bank export makes it again',
  unauthenticated: signInAgain,
  'token-expired': signInAgain,
};

/** Every page of a list, one item after another. */
export async function* everyPage<T>(
  page: (after: { after?: string }) => Promise<{ items: readonly T[]; next: string | null }>,
): AsyncGenerator<T> {
  let after: string | null = null;
  do {
    const { items, next } = await page(after === null ? {} : { after });
    yield* items;
    after = next;
  } while (after !== null);
}
