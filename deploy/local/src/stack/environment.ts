import { serviceNames, type ServiceName } from '@talkoot/api-contracts';
import { mongodbUrl } from '../servers/mongod.server.ts';
import type { PortName, Ports } from './process-names.ts';
import type { KeyFiles, Secrets } from './secrets.ts';
import { boardEnvironment, issuanceEnvironment, witnessEnvironment } from './witnessed-logs.ts';

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
  readonly auditorIdentityProvider: string;
  readonly auditor: string;
  readonly witness: string;
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
    auditorIdentityProvider: local('auditor-identity-provider'),
    auditor: local('auditor'),
    witness: local('witness'),
    ballots: local('ballots'),
    projects: local('projects'),
    payments: local('payments'),
    worker: local('worker'),
  };
}

/** The configuration of a service, the worker or the CLI: all of it, each secret only to who uses it. */
export function environmentOf(name: ServiceName, facts: StackFacts): Record<string, string> {
  const named = { OTEL_SERVICE_NAME: name };
  const port = name === 'cli' ? {} : { PORT: String(facts.ports[name]) };
  // A witness believes nobody, and the relay beside it calls the board as anybody does: neither has a token.
  if (name === 'witness') return { ...named, ...observation(), ...port, ...own(name, facts) };
  return {
    ...observation(),
    ...everybody(facts),
    ...named,
    ...ownKey(name, facts),
    ...port,
    ...own(name, facts),
  };
}

/** The two issuers of certificates: the same programs, and nothing else in common. */
export type IssuerProcess = 'identity' | 'auditor';

/** The configuration of the local identity provider of an issuer. */
export function identityProviderEnvironment(
  issuer: IssuerProcess,
  facts: StackFacts,
): Record<string, string> {
  const { provider, address, secrets, providerKey } = issuerOf(issuer, facts);
  return {
    PORT: String(facts.ports[provider]),
    OIDC_ISSUER: `http://127.0.0.1:${facts.ports[provider]}`,
    OIDC_CLIENT_ID: oidcClient,
    OIDC_CLIENT_SECRET: secrets.oidcClientSecret,
    DEV_PASSWORD: secrets.devPassword,
    PROVIDER_KEY_FILE: providerKey,
    IDENTITY_URL: address,
  };
}

function issuerOf(issuer: IssuerProcess, { ports, secrets, keys }: StackFacts) {
  const urls = urlsOf(ports);
  if (issuer === 'identity') {
    return {
      issuerName: 'municipality',
      provider: 'identity-provider',
      address: urls.identity,
      secrets,
      tokenKey: keys.identityToken,
      providerKey: keys.identityProvider,
    } as const;
  }
  return {
    issuerName: 'auditor',
    provider: 'auditor-identity-provider',
    address: urls.auditor,
    secrets: secrets.auditor,
    tokenKey: keys.auditorToken,
    providerKey: keys.auditorIdentityProvider,
  } as const;
}

function everybody({ ports, keys }: StackFacts): Record<string, string> {
  const urls = urlsOf(ports);
  return {
    KAFKA_BROKERS: urls.kafkaBrokers,
    TEMPORAL_ADDRESS: urls.temporalAddress,
    TEMPORAL_NAMESPACE: 'default',
    TEMPORAL_UI_URL: urls.temporalUi,
    IDENTITY_URL: urls.identity,
    AUDITOR_URL: urls.auditor,
    BALLOTS_URL: urls.ballots,
    PROJECTS_URL: urls.projects,
    PAYMENTS_URL: urls.payments,
    SERVICE_KEYS_DIR: keys.publicKeys,
    TALKOOT_LOCAL_STACK: '1',
  };
}

function observation(): Record<string, string> {
  return { LOG_LEVEL: process.env['LOG_LEVEL'] || 'info', ...telemetry() };
}

/** Traces go nowhere unless the environment of the stack says where. */
const telemetry = () => givenOf((variable) => variable.startsWith('OTEL_') || variable === 'TRACE_FILE');

/** What takes days in a deployment, and whoever tries the system wants to see the end of. */
const waits = new Set(['ACCOUNT_COOLING_OFF_HOURS', 'PAYMENT_RETURN_DAYS', 'WEBHOOK_RETRY_SECONDS']);

/** Variables of the environment of the stack that are passed on. */
function givenOf(isPassedOn: (variable: string) => boolean): Record<string, string> {
  const named = Object.entries(process.env).filter(([variable]) => isPassedOn(variable));
  return Object.fromEntries(named.flatMap(([variable, value]) => (value ? [[variable, value]] : [])));
}

function ownKey(name: ServiceName, { keys }: StackFacts): Record<string, string> {
  return { SERVICE_KEY_FILE: keys.privateKey(name) };
}

function own(name: ServiceName, facts: StackFacts): Record<string, string> {
  const { ports, secrets } = facts;
  const database = { MONGODB_URL: mongodbUrl(ports.mongod, `talkoot_${name}`) };
  switch (name) {
    case 'identity':
    case 'auditor':
      return { ...database, ...ownOfIssuer(name, facts) };
    case 'cli':
      return {
        ...databases(ports),
        LOCAL_GRANT_SECRET: secrets.localGrantSecret,
        DEV_PASSWORD: secrets.devPassword,
        OIDC_ISSUER: urlsOf(ports).identityProvider,
        AUDITOR_LOCAL_GRANT_SECRET: secrets.auditor.localGrantSecret,
        AUDITOR_DEV_PASSWORD: secrets.auditor.devPassword,
      };
    case 'witness':
      return { ...database, ...witnessEnvironment(facts) };
    case 'ballots':
      return { ...database, ...boardEnvironment(facts) };
    case 'projects':
      return database;
    case 'payments':
      return { ...database, ...givenOf((variable) => waits.has(variable)) };
    case 'worker':
      // There is no site yet: what the public API answers is the page to which operators are led.
      return { WEB_URL: `${urlsOf(ports).projects}/v1` };
  }
}

function ownOfIssuer(name: IssuerProcess, facts: StackFacts): Record<string, string> {
  const { issuerName, provider, address, secrets, tokenKey } = issuerOf(name, facts);
  return {
    ISSUER_NAME: issuerName,
    // Its own address: an issuer knows no session tokens but those it signs itself.
    IDENTITY_URL: address,
    OIDC_ISSUER: `http://127.0.0.1:${facts.ports[provider]}`,
    OIDC_CLIENT_ID: oidcClient,
    OIDC_CLIENT_SECRET: secrets.oidcClientSecret,
    NATIONAL_ID_KEYS: JSON.stringify(secrets.nationalIdKeys),
    IDENTITY_TOKEN_KEY_FILE: tokenKey,
    ISSUER_CUSTODY_KEY: secrets.custodyKey,
    LOCAL_GRANT_SECRET: secrets.localGrantSecret,
    ...issuanceEnvironment(name, facts),
  };
}

/** The CLI rebuilds lifecycles, replays dead letters and scans stores: it needs every service's database. */
function databases(ports: Ports): Record<string, string> {
  const owners = serviceNames.filter((name) => name !== 'worker' && name !== 'cli');
  return Object.fromEntries(
    owners.map((name) => [`${name.toUpperCase()}_MONGODB_URL`, mongodbUrl(ports.mongod, `talkoot_${name}`)]),
  );
}
