import { createLog, createProbes, endOnFault, readConfig, runService } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import { startTelemetry } from '@talkoot/http-service/telemetry';
import { DefaultLogger, makeTelemetryFilterString, NativeConnection, Runtime } from '@temporalio/worker';
import type { Worker } from '@temporalio/worker';
import { createActivities } from './activities/activities.ts';
import { createClients } from './worker.clients.ts';
import { WorkerConfigShape } from './worker.config.ts';
import { createWorker } from './worker.ts';

const config = readConfig(WorkerConfigShape);
const log = createLog('worker', config.LOG_LEVEL);
endOnFault(log);
Runtime.install({
  logger: runtimeLogger(log),
  // The process decides itself when it stops.
  shutdownSignals: [],
  telemetryOptions: {
    logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'WARN', other: 'ERROR' }) },
  },
});

const connection = await NativeConnection.connect({ address: config.TEMPORAL_ADDRESS });
const worker = await createWorker({
  connection,
  namespace: config.TEMPORAL_NAMESPACE,
  activities: createActivities(createClients(config), { publicUrl: config.WEB_URL ?? null }),
  telemetry: startTelemetry({ service: 'worker' }),
});
const running = worker.run();
// A worker that stopped by itself is of no use: the supervisor starts another.
running.catch((error: unknown) => {
  log.fatal({ err: error }, 'the worker stopped');
  process.exit(1);
});

await runService({
  name: 'worker',
  app: createProbes({ worker: () => checkPolling(worker), temporal: () => checkTemporal(connection) }),
  log,
  port: config.PORT,
  host: config.LISTEN_HOST,
  onStop: [() => stop(worker, running), () => connection.close()],
});

function checkPolling(polling: Worker): void {
  const state = polling.getState();
  if (state !== 'RUNNING') throw new Error(`The worker is ${state}`);
}

async function checkTemporal({ workflowService }: NativeConnection): Promise<void> {
  await workflowService.getSystemInfo({});
}

async function stop(polling: Worker, ended: Promise<void>): Promise<void> {
  if (polling.getState() === 'RUNNING') polling.shutdown();
  await ended;
}

function runtimeLogger(to: Logger): DefaultLogger {
  return new DefaultLogger('INFO', ({ level, message, meta }) => {
    const { error, ...rest } = (meta ?? {}) as Record<string, unknown>;
    const write = ({ TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const)[
      level
    ];
    to[write](error === undefined ? rest : { ...rest, err: error }, message);
  });
}
