import { ApiProblem, createClient, ServiceUnreachable } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { Option } from 'commander';
import type { Command } from 'commander';
import { deploymentOf } from './deployment.ts';

/** What somebody asked of payments cannot be done; the message begins with the code and says why. */
export class PaymentsRefused extends Error {
  override readonly name = 'PaymentsRefused';
  /** Ours, or the code of the service's problem. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(`${code}: ${message}`, options);
    this.code = code;
  }
}

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
 * @throws PaymentsRefused `municipality-missing`, `token-missing`, `address-malformed`; OperationRefused `no-deployment`
 */
export async function placeOfPayments({ municipality, url, data }: PaymentsOptions): Promise<PaymentsPlace> {
  if (!municipality) {
    const how = 'Name it with --municipality, or set TALKOOT_MUNICIPALITY.';
    throw new PaymentsRefused('municipality-missing', how);
  }
  const token = process.env.TALKOOT_TOKEN;
  if (!token) {
    const how = 'Set TALKOOT_TOKEN to the token of your session (sign in at identity).';
    throw new PaymentsRefused('token-missing', how);
  }
  const baseUrl = url ?? (await deploymentOf(['PAYMENTS_URL'], data)).PAYMENTS_URL;
  if (!/^https?:$/.test(URL.parse(baseUrl)?.protocol ?? '')) {
    throw new PaymentsRefused('address-malformed', `"${baseUrl}" is no address.`);
  }
  const client = { baseUrl: baseUrl.replace(/\/+$/, ''), token: async () => token, deadlineMs: 60_000 };
  return { payments: createClient(paymentsApi, client), params: { municipalityId: municipality } };
}

/** Refusals of the service, said to the person at the terminal. */
export async function refusingPlainly<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ApiProblem) throw new PaymentsRefused(cause.code, inWords(cause), { cause });
    if (cause instanceof ServiceUnreachable) {
      const how = `${cause.message}; repeating the command does no harm`;
      throw new PaymentsRefused('unreachable', how, { cause });
    }
    throw cause;
  }
}

function inWords({ problem, code }: ApiProblem): string {
  const { title, detail, errors = [] } = problem;
  const where = errors.map(({ at, message }) => `${at} ${message}`);
  // A detail that only repeats the code tells nobody anything.
  const said = detail?.includes(code) ? undefined : detail;
  return [title, said, ...where, hints[code]].filter(Boolean).join('. ');
}

const signInAgain = 'Sign in again, and set TALKOOT_TOKEN anew';
/** What to do about a refusal whose own words do not say it. */
const hints: Readonly<Record<string, string>> = {
  'not-found': 'Look at the id, and whose it is (--municipality)',
  'batch-not-instructed': 'It is approved, released and handed over first',
  'debtor-account-missing': 'talkoot bank account propose names one, and the budget authority confirms it',
  'bank-file-expired': 'talkoot bank export makes it again',
  unauthenticated: signInAgain,
  'token-expired': signInAgain,
};

/** Data on stdout with `--json`, otherwise lines for people. */
export function tell(options: PaymentsOptions, data: unknown, lines: readonly string[]): void {
  process.stdout.write(`${options.json ? JSON.stringify(data, null, 2) : lines.join('\n')}\n`);
}

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
