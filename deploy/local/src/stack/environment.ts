import { serviceNames, type ServiceName } from '@talkoot/api-contracts';
import { mongodbUrl } from '../servers/mongod.server.ts';
import type { PortName, Ports } from './process-names.ts';
import type { KeyFiles, Secrets } from './secrets.ts';

/** What the environments of the processes are made of. */
export interface StackFacts {
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly keys: KeyFiles;
}

/** Where the parts of a running stack answer. */
export interface StackUrls {
  /** The replica set, without a database. */
  readonly mongodb: string;
  /** Comma-separated `host:port`. */
  readonly kafkaBrokers: string;
  /** `host:port`. */
  readonly temporalAddress: string;
  readonly temporalUi: string;
  readonly identityProvider: string;
  readonly identity: string;
  readonly ballots: string;
  readonly projects: string;
  readonly payments: string;
  /** Only health, readiness and metrics. */
  readonly worker: string;
}

const oidcClient = 'talkoot-identity';

export function urlsOf(ports: Ports): StackUrls {
  const local = (name: PortName): string => `http://127.0.0.1:${ports[name]}`;
  return {
    mongodb: mongodbUrl(ports.mongod),
    kafkaBrokers: `127.0.0.1:${ports.kafka}`,
    temporalAddress: `127.0.0.1:${ports.temporal}`,
    temporalUi: local('temporal-ui'),
    identityProvider: local('identity-provider'),
    identity: local('identity'),
    ballots: local('ballots'),
    projects: local('projects'),
    payments: local('payments'),
    worker: local('worker'),
  };
}

/** The configuration of a service, the worker or the CLI: all of it, each secret only to who uses it. */
export function environmentOf(name: ServiceName, facts: StackFacts): Record<string, string> {
  const named = { OTEL_SERVICE_NAME: name };
  return {
    ...everybody(facts),
    ...named,
    ...ownKey(name, facts),
    ...ownPort(name, facts),
    ...own(name, facts),
  };
}

/** The configuration of the local identity provider. */
export function identityProviderEnvironment({ ports, secrets, keys }: StackFacts): Record<string, string> {
  const urls = urlsOf(ports);
  return {
    PORT: String(ports['identity-provider']),
    OIDC_ISSUER: urls.identityProvider,
    OIDC_CLIENT_ID: oidcClient,
    OIDC_CLIENT_SECRET: secrets.oidcClientSecret,
    DEV_PASSWORD: secrets.devPassword,
    PROVIDER_KEY_FILE: keys.identityProvider,
    IDENTITY_URL: urls.identity,
  };
}

function everybody({ ports, keys }: StackFacts): Record<string, string> {
  const urls = urlsOf(ports);
  return {
    KAFKA_BROKERS: urls.kafkaBrokers,
    TEMPORAL_ADDRESS: urls.temporalAddress,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_UI_URL: urls.temporalUi,
    IDENTITY_URL: urls.identity,
    BALLOTS_URL: urls.ballots,
    PROJECTS_URL: urls.projects,
    PAYMENTS_URL: urls.payments,
    SERVICE_KEYS_DIR: keys.publicKeys,
    TALKOOT_LOCAL_STACK: '1',
    LOG_LEVEL: process.env['LOG_LEVEL'] || 'info',
    ...telemetry(),
  };
}

/** Traces go nowhere unless the environment of the stack says where. */
function telemetry(): Record<string, string> {
  const named = Object.entries(process.env).filter(
    ([name]) => name.startsWith('OTEL_') || name === 'TRACE_FILE',
  );
  return Object.fromEntries(named.flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

function ownKey(name: ServiceName, { keys }: StackFacts): Record<string, string> {
  return { SERVICE_KEY_FILE: keys.privateKey(name) };
}

function ownPort(name: ServiceName, { ports }: StackFacts): Record<string, string> {
  return name === 'cli' ? {} : { PORT: String(ports[name]) };
}

function own(name: ServiceName, { ports, secrets, keys }: StackFacts): Record<string, string> {
  const database = { MONGODB_URL: mongodbUrl(ports.mongod, `talkoot_${name}`) };
  switch (name) {
    case 'identity':
      return {
        ...database,
        OIDC_ISSUER: urlsOf(ports).identityProvider,
        OIDC_CLIENT_ID: oidcClient,
        OIDC_CLIENT_SECRET: secrets.oidcClientSecret,
        NATIONAL_ID_KEYS: JSON.stringify(secrets.nationalIdKeys),
        IDENTITY_TOKEN_KEY_FILE: keys.identityToken,
        LOCAL_GRANT_SECRET: secrets.localGrantSecret,
      };
    case 'cli':
      return {
        ...databases(ports),
        LOCAL_GRANT_SECRET: secrets.localGrantSecret,
        DEV_PASSWORD: secrets.devPassword,
        OIDC_ISSUER: urlsOf(ports).identityProvider,
      };
    case 'ballots':
    case 'projects':
    case 'payments':
      return database;
    case 'worker':
      // There is no site yet: what the public API answers is the page to which operators are led.
      return { WEB_URL: `${urlsOf(ports).projects}/v1` };
  }
}

/** The CLI rebuilds lifecycles, replays dead letters and scans stores: it needs every service's database. */
function databases(ports: Ports): Record<string, string> {
  const owners = serviceNames.filter((name) => name !== 'worker' && name !== 'cli');
  return Object.fromEntries(
    owners.map((name) => [`${name.toUpperCase()}_MONGODB_URL`, mongodbUrl(ports.mongod, `talkoot_${name}`)]),
  );
}
