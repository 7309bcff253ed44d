import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { fileURLToPath } from 'node:url';
import { serve } from '../side/serve.ts';
import { PLAIN_QUEUE } from './queues.ts';

// The bare engine: the SDK's worker as it comes, for the plain workflows.
const [address = ''] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
const connection = await NativeConnection.connect({ address });
const worker = await Worker.create({
  connection,
  taskQueue: PLAIN_QUEUE,
  workflowsPath: fileURLToPath(new URL('plain.workflow.ts', import.meta.url)),
  activities: { answer: async () => undefined },
});
const running = worker.run();

serve({}, async () => {
  worker.shutdown();
  await running;
});
