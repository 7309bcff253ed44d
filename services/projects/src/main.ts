import { createClient } from '@talkoot/api-contracts';
import { ballotsApi } from '@talkoot/api-contracts/ballots';
import { identityApi } from '@talkoot/api-contracts/identity';
import { paymentsApi } from '@talkoot/api-contracts/payments';
import { kafkaProbe, outboxFor, startRelay } from '@talkoot/event-bus';
import { temporalDispatcher } from '@talkoot/event-bus/temporal';
import {
  connectMongo,
  createAuth,
  createLog,
  createServiceToken,
  prepareModels,
  readConfig,
  runService,
  ServiceConfigShape,
  startChores,
} from '@talkoot/http-service';
import type { ServiceConfig } from '@talkoot/http-service';
import { temporalClient } from '@talkoot/lifecycle-record';
import { createProjectsApp } from './app.ts';
import { Drafting } from './assessment/drafting.ts';
import { prepareCollections } from './database/collection.ts';
import type { Neighbours } from './parts.ts';
import { tellOfContests } from './record/contest.telling.ts';
import { storesOf } from './stores.ts';
import { OWN_SOURCE, startTimeline } from './timeline/timeline.consumer.ts';

const config = readConfig(ServiceConfigShape);
const log = createLog('projects', config.LOG_LEVEL);
const connection = await connectMongo(config.MONGODB_URL, { appName: 'projects' });
const outbox = outboxFor(connection, { source: OWN_SOURCE });
const stores = storesOf(connection);
const drafting = new Drafting();
const temporal = temporalClient({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
const brokers = config.KAFKA_BROKERS;
const kafka = kafkaProbe({ brokers, clientId: 'projects', log });

let rebuild = (): Promise<number> => Promise.reject(new Error('The timeline has not started'));
const neighbours = neighboursOf(config);
const now = () => new Date();
const { app } = createProjectsApp({
  connection,
  outbox,
  temporal,
  stores,
  drafting,
  neighbours,
  rebuildTimeline: () => rebuild(),
  now,
  auth: createAuth({ identityUrl: config.IDENTITY_URL, serviceKeysDir: config.SERVICE_KEYS_DIR }),
  log,
  publicUrl: config.PUBLIC_URL ?? config.PROJECTS_URL,
  readiness: { kafka: { check: () => kafka.check(), needed: false } },
});
await outbox.prepare();
await prepareModels(connection);
await prepareCollections(connection);
const timeline = await startTimeline({ connection, brokers, timeline: stores.timeline, log });
rebuild = () => timeline.rebuild();
const dispatcher = temporalDispatcher(temporal);
const relay = startRelay({ connection, brokers, clientId: 'projects', dispatcher, log });
const chores = startChores({ tellOfContests: () => tellOfContests({ stores, neighbours, now }) }, log);

await runService({
  name: 'projects',
  app,
  log,
  port: config.PORT,
  host: config.LISTEN_HOST,
  onStop: [
    () => drafting.close(),
    () => chores.stop(),
    () => timeline.stop(),
    () => relay.stop(),
    () => kafka.stop(),
    () => temporal.connection.close(),
    () => connection.close(),
  ],
});

function neighboursOf(from: ServiceConfig): Neighbours {
  const token = (audience: string) =>
    createServiceToken({ keyFile: from.SERVICE_KEY_FILE, name: 'projects', audience });
  return {
    identity: createClient(identityApi, { baseUrl: from.IDENTITY_URL, token: token('identity') }),
    ballots: createClient(ballotsApi, { baseUrl: from.BALLOTS_URL, token: token('ballots') }),
    payments: createClient(paymentsApi, { baseUrl: from.PAYMENTS_URL, token: token('payments') }),
  };
}
