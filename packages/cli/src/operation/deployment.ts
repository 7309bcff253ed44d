import { attachStack, StackNotRunning } from '@talkoot/local-stack';
import { OperationRefused } from './operation.errors.ts';

/** The services that have a database of their own, named `<SERVICE>_MONGODB_URL`. */
export const databaseOwners = ['identity', 'ballots', 'projects', 'payments'] as const;
export type DatabaseOwner = (typeof databaseOwners)[number];

/**
 * The variables by which a command finds the deployment it works on: those of the environment, or of a running local
 * stack when the environment has none of them or `data` names a stack.
 *
 * @throws OperationRefused `deployment-incomplete` when some are set and others missing; `no-deployment`
 */
export async function deploymentOf<Name extends string>(
  names: readonly Name[],
  data: string | undefined,
): Promise<Readonly<Record<Name, string>>> {
  const missing = names.filter((name) => !process.env[name]);
  const environment =
    data === undefined && missing.length < names.length ? process.env : await stackEnvironment(names, data);
  const lacking = names.filter((name) => !environment[name]);
  if (lacking.length > 0) {
    const hint = 'Set them, or name a local stack with --data DIR.';
    throw new OperationRefused('deployment-incomplete', `Missing variables: ${lacking.join(', ')}. ${hint}`);
  }
  return Object.fromEntries(names.map((name) => [name, environment[name]])) as Record<Name, string>;
}

async function stackEnvironment(
  names: readonly string[],
  data: string | undefined,
): Promise<Readonly<Record<string, string | undefined>>> {
  try {
    return (await attachStack(data)).environment;
  } catch (error) {
    if (!(error instanceof StackNotRunning)) throw error;
    const other = `To work on another deployment, set ${names.join(', ')}.`;
    throw new OperationRefused('no-deployment', `${error.message}. ${other}`);
  }
}
