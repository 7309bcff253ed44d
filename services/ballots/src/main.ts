import { createClient } from '@talkoot/api-contracts';
import { identityApi } from '@talkoot/api-contracts/identity';
import { kafkaProbe, outboxFor, startRelay } from '@talkoot/event-bus';
import { temporalDispatcher } from '@talkoot/event-bus/temporal';
import { connectMongo, createAuth, createLog, prepareModels, runService } from '@talkoot/http-service';
import { temporalClient } from '@talkoot/lifecycle-record';
import { witnessFaults } from '@talkoot/witnessed-log';
import { createBallotsApp } from './app.ts';
import { ballotsOf } from './ballots.ts';
import { ballotsConfig } from './config.ts';
import { sweepPublished } from './publication/sweep.ts';

const config = ballotsConfig();
const log = createLog('ballots', config.LOG_LEVEL);
const connection = await connectMongo(config.MONGODB_URL, { appName: 'ballots' });
const outbox = outboxFor(connection, { source: '/services/ballots' });
const temporal = temporalClient({ address: config.TEMPORAL_ADDRESS, namespace: config.TEMPORAL_NAMESPACE });
const faults = witnessFaults({ log });
const ballots = ballotsOf({
  connection,
  outbox,
  temporal,
  log,
  board: {
    key: config.BOARD_KEY,
    origin: config.BOARD_ORIGIN,
    witnesses: config.WITNESSES,
    logOptions: { onFault: faults.hear },
  },
  // Only for what everybody may read.
  issuers: [
    createClient(identityApi, { baseUrl: config.IDENTITY_URL }),
    createClient(identityApi, { baseUrl: config.AUDITOR_URL }),
  ],
});
await prepareModels(connection);
await outbox.prepare();
const relay = startRelay({
  connection,
  brokers: config.KAFKA_BROKERS,
  clientId: 'ballots',
  dispatcher: temporalDispatcher(temporal),
  log,
});
const stopBoards = ballots.board.watch();
void sweepPublished(ballots).catch((error: unknown) =>
  log.warn({ err: error }, 'what died writers left was not swept'),
);
const kafka = kafkaProbe({ brokers: config.KAFKA_BROKERS, clientId: 'ballots', log });
const app = createBallotsApp({
  ballots,
  auth: createAuth({ identityUrl: config.IDENTITY_URL, serviceKeysDir: config.SERVICE_KEYS_DIR }),
  log,
  publicUrl: config.PUBLIC_URL ?? config.BALLOTS_URL,
  readiness: {
    kafka: { check: () => kafka.check(), needed: false },
    witnesses: { check: faults.check, needed: false },
  },
});
await runService({
  name: 'ballots',
  app,
  log,
  port: config.PORT,
  host: config.LISTEN_HOST,
  onStop: [
    () => stopBoards(),
    () => relay.stop(),
    () => kafka.stop(),
    () => temporal.connection.close(),
    () => connection.close(),
  ],
});
