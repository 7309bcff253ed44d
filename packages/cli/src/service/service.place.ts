import { createClient } from '@talkoot/api-contracts';
import type { Client } from '@talkoot/api-contracts';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { projectsApi } from '@talkoot/api-contracts/projects';
import { Option } from 'commander';
import type { Command } from 'commander';
import { signIn } from '../demo/sign-in.ts';
import { deploymentOf } from '../operation/deployment.ts';
import { ServiceRefused } from './service.errors.ts';

/** Whose record a command reads, and where. */
export interface PlaceOptions {
  readonly municipality?: string;
  /** Who of a local stack is signed in. */
  readonly as?: string;
  readonly data?: string;
  readonly json?: boolean;
}

/** The services that hold the record and the money of a municipality, as the person of `TALKOOT_TOKEN` or as anybody. */
export interface Place {
  readonly projects: Client<typeof projectsApi>;
  readonly payments: Client<typeof paymentsApi>;
  readonly municipalityId: string;
}

/** A command about something in a municipality. */
export function inMunicipality(command: Command): Command {
  return command
    .addOption(new Option('-m, --municipality <id>', 'whose it is').env('TALKOOT_MUNICIPALITY'))
    .option('--data <dir>', 'the local stack in this directory, whatever variables say')
    .option('--json', 'print JSON');
}

/** The same, where `placeOf` signs somebody of a local stack in. */
export function inMunicipalityAs(command: Command): Command {
  return inMunicipality(command).option(
    '--as <name>',
    'on a local stack: signed in as this person, such as finance-clerk',
  );
}

const DEADLINE_MS = 30_000;

/** Whose it is, as it was named. @throws ServiceRefused `municipality-missing` */
export function municipalityOf({ municipality }: Pick<PlaceOptions, 'municipality'>): string {
  if (municipality) return municipality;
  const how = 'Name it with --municipality, or set TALKOOT_MUNICIPALITY.';
  throw new ServiceRefused('municipality-missing', how);
}

/**
 * @throws ServiceRefused `municipality-missing`; OperationRefused `no-deployment`, `deployment-incomplete`; SignInFailed
 */
export async function placeOf(options: PlaceOptions): Promise<Place> {
  const municipalityId = municipalityOf(options);
  const { as: name, data } = options;
  const at = await deploymentOf(['PROJECTS_URL', 'PAYMENTS_URL'], data);
  const token =
    name === undefined ? process.env['TALKOOT_TOKEN'] : await localSession(name, municipalityId, data);
  const as = { deadlineMs: DEADLINE_MS, ...(token && { token: async () => token }) };
  return {
    projects: createClient(projectsApi, { baseUrl: at.PROJECTS_URL, ...as }),
    payments: createClient(paymentsApi, { baseUrl: at.PAYMENTS_URL, ...as }),
    municipalityId,
  };
}

/** The session of a person of a local stack, where one password serves for all of them. */
async function localSession(name: string, municipality: string, data: string | undefined): Promise<string> {
  const at = await deploymentOf(['IDENTITY_URL', 'DEV_PASSWORD'], data);
  const username = name.includes('.') ? name : `${name}.${municipality}`;
  return (await signIn(at.IDENTITY_URL, username, at.DEV_PASSWORD)).token;
}
