import type { ServiceName } from '@talkoot/api-contracts';
import { findJava } from '../provision/executables.ts';
import type { Server } from '../provision/pins.ts';
import type { Provisioned } from '../provision/provision.ts';
import { kafkaPlan } from '../servers/kafka.server.ts';
import { mongodPlan } from '../servers/mongod.server.ts';
import { nodePlan } from '../servers/node.process.ts';
import { temporalPlan } from '../servers/temporal.server.ts';
import type { ProcessPlan } from '../supervisor/process-plan.ts';
import {
  environmentOf,
  identityProviderEnvironment,
  type IssuerProcess,
  type StackFacts,
} from './environment.ts';
import { processNames, type ProcessName } from './process-names.ts';

/** Variables of single services, in place of what the stack would tell them. */
export type ProcessEnvironments = Readonly<Partial<Record<ProcessName, Readonly<Record<string, string>>>>>;

/** What a row of the table is turned into a plan with. */
export interface TableContext extends StackFacts {
  readonly data: string;
  readonly servers: ReadonlyMap<Server, Provisioned>;
  readonly environment: ProcessEnvironments;
}

interface Row {
  /** The downloaded server it runs, if any. */
  readonly server?: Server;
  readonly needs: readonly ProcessName[];
  readonly plan: (context: TableContext, needs: readonly string[]) => Promise<ProcessPlan>;
}

const everyServer = ['mongod', 'kafka', 'temporal'] as const;

const table: Readonly<Record<ProcessName, Row>> = {
  mongod: {
    server: 'mongod',
    needs: [],
    plan: async (context) =>
      mongodPlan({ executable: pathOf('mongod', context), data: context.data, port: context.ports.mongod }),
  },
  kafka: { server: 'kafka', needs: [], plan: planKafka },
  temporal: {
    server: 'temporal',
    needs: [],
    plan: async (context) =>
      temporalPlan({
        executable: pathOf('temporal', context),
        data: context.data,
        port: context.ports.temporal,
        uiPort: context.ports['temporal-ui'],
      }),
  },
  'identity-provider': identityProvider('identity-provider', 'identity'),
  identity: service('identity', 'services/identity', 'src/main.ts', [...everyServer, 'identity-provider']),
  'auditor-identity-provider': identityProvider('auditor-identity-provider', 'auditor'),
  auditor: service('auditor', 'services/identity', 'src/main.ts', ['mongod', 'auditor-identity-provider']),
  witness: service('witness', 'services/witness', 'src/main.ts', ['mongod']),
  ballots: service('ballots', 'services/ballots', 'src/main.ts', everyServer),
  projects: service('projects', 'services/projects', 'src/main.ts', everyServer),
  payments: service('payments', 'services/payments', 'src/main.ts', everyServer),
  worker: service('worker', 'workflows', 'src/worker.main.ts', ['temporal']),
};

/** The processes asked for, and those they need, in the order of the table. */
export function withNeeds(wanted: readonly ProcessName[]): ProcessName[] {
  const all = new Set<ProcessName>();
  const add = (name: ProcessName): void => {
    if (all.has(name)) return;
    all.add(name);
    table[name].needs.forEach(add);
  };
  wanted.forEach(add);
  return processNames.filter((name) => all.has(name));
}

/** The servers that these processes run. */
export function serversOf(names: readonly ProcessName[]): Server[] {
  return names.flatMap((name) => table[name].server ?? []);
}

export function plansOf(names: readonly ProcessName[], context: TableContext): Promise<ProcessPlan[]> {
  return Promise.all(names.map((name) => table[name].plan(context, table[name].needs)));
}

function pathOf(server: Server, { servers }: TableContext): string {
  const found = servers.get(server);
  if (!found) throw new Error(`${server} was not provisioned`);
  return found.path;
}

async function planKafka(context: TableContext): Promise<ProcessPlan> {
  const java = await findJava();
  if (!java) throw new Error('Kafka needs Java, which is not on the PATH');
  return kafkaPlan({
    java: java.command,
    libs: pathOf('kafka', context),
    data: context.data,
    port: context.ports.kafka,
    controllerPort: context.ports['kafka-controller'],
  });
}

function identityProvider(
  name: 'identity-provider' | 'auditor-identity-provider',
  issuer: IssuerProcess,
): Row {
  return {
    needs: [],
    plan: async (context) =>
      nodePlan({
        name,
        folder: 'deploy/local',
        entry: 'src/identity-provider/main.ts',
        port: context.ports[name],
        needs: [],
        environment: identityProviderEnvironment(issuer, context),
      }),
  };
}

function service(
  name: Exclude<ServiceName, 'cli'>,
  folder: string,
  entry: string,
  needs: readonly ProcessName[],
): Row {
  return {
    needs,
    plan: async (context) =>
      nodePlan({
        name,
        folder,
        entry,
        preload: '@talkoot/http-service/register',
        port: context.ports[name],
        needs,
        environment: { ...environmentOf(name, context), ...context.environment[name] },
      }),
  };
}
