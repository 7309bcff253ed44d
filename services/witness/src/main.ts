import { connectMongo, createLog, prepareModels, runService } from '@talkoot/http-service';
import { createWitnessApp } from './app.ts';
import { relayedBoard, witnessConfig } from './config.ts';
import { witnessOf } from './witness.ts';

const config = witnessConfig();
const log = createLog('witness', config.LOG_LEVEL);
const connection = await connectMongo(config.MONGODB_URL, { appName: 'witness' });
const witness = witnessOf({
  connection,
  name: config.WITNESS_NAME,
  secretKey: config.WITNESS_KEY,
  logs: config.WITNESSED_LOGS,
  limit: config.WITNESSED_LOGS_LIMIT,
  now: Date.now,
  board: relayedBoard(config),
  log,
});
await prepareModels(connection);
const stopRelay = witness.relay?.watch();
const publicUrl = config.PUBLIC_URL ?? `http://127.0.0.1:${config.PORT}`;
await runService({
  name: 'witness',
  app: createWitnessApp({ witness, publicUrl }),
  log,
  port: config.PORT,
  host: config.LISTEN_HOST,
  onStop: [async () => stopRelay?.(), () => connection.close()],
});
