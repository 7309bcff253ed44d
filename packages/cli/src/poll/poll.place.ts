import { createClient } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { Option } from 'commander';
import type { Command } from 'commander';
import { deploymentOf } from '../operation/deployment.ts';
import { PollRefused } from './poll.errors.ts';

/** Where a poll is, as its commands are told. */
export interface PlaceOptions {
  readonly municipality?: string;
  readonly url?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** A poll, and the service that holds it. */
export interface PollPlace {
  readonly ballots: Client<typeof ballotsApi>;
  readonly poll: { readonly municipalityId: string; readonly pollId: string };
}

/** A command about one poll. */
export function aboutPoll(command: Command): Command {
  return command
    .argument('<poll>', 'such as pol-…')
    .addOption(new Option('-m, --municipality <id>', 'whose poll it is').env('TALKOOT_MUNICIPALITY'))
    .option(
      '--url <url>',
      'address of the ballots service (default: $BALLOTS_URL, or the local stack that runs)',
    )
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print JSON');
}

/** @throws PollRefused `municipality-missing`, `address-malformed`; OperationRefused `no-deployment` */
export async function placeOfPoll(
  pollId: string,
  { municipality, url, data }: PlaceOptions,
  token?: () => Promise<string>,
): Promise<PollPlace> {
  if (!municipality) {
    throw new PollRefused(
      'municipality-missing',
      'Name it with --municipality, or set TALKOOT_MUNICIPALITY.',
    );
  }
  const baseUrl = httpAddress(url ?? (await deploymentOf(['BALLOTS_URL'], data)).BALLOTS_URL);
  const ballots = createClient(ballotsApi, { baseUrl, ...(token && { token }), deadlineMs: 30_000 });
  return { ballots, poll: { municipalityId: municipality, pollId } };
}

/** Where both issuers of a poll are, as a command is told. */
export interface IssuerOptions extends PlaceOptions {
  readonly identityUrl?: string;
  readonly auditorUrl?: string;
}

/** Addresses of the municipality's issuer and the auditor's. @throws PollRefused `address-malformed`; OperationRefused `no-deployment` */
export async function addressesOfIssuers(options: IssuerOptions): Promise<readonly [string, string]> {
  const { data, identityUrl, auditorUrl } = options;
  return [
    httpAddress(identityUrl ?? (await deploymentOf(['IDENTITY_URL'], data)).IDENTITY_URL),
    httpAddress(auditorUrl ?? (await deploymentOf(['AUDITOR_URL'], data)).AUDITOR_URL),
  ];
}

/**
 * The address of a service, as it was given.
 * @throws PollRefused `address-malformed`
 */
export function httpAddress(text: string): string {
  if (/^https?:$/.test(URL.parse(text)?.protocol ?? '')) return text.replace(/\/+$/, '');
  throw new PollRefused('address-malformed', `"${text}" is no address: write it as https://ballots.example.`);
}
