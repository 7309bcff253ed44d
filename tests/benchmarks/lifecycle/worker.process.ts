import { createActivities, createWorker } from '@talkoot/workflows';
import type { LifecycleState, RecordedStep } from '@talkoot/workflow-contracts';
import { DefaultLogger, NativeConnection, Runtime } from '@temporalio/worker';
import { clientsOf, Town } from '../../../workflows/test/town.ts';
import { serve, tell } from '../side/serve.ts';

/** Services that answer at once and remember nothing; each recorded step is told to the benchmark. */
class AnsweringTown extends Town {
  override async call(): Promise<void> {}

  override async record(state: LifecycleState, step: RecordedStep): Promise<{ recorded: boolean }> {
    tell({ state, step });
    return { recorded: true };
  }
}

// The product's worker and workflow code, settings included; `cached` stands in for its bound where given.
const [address = '', cached] = process.argv.slice(2);
Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
const connection = await NativeConnection.connect({ address });
const town = new AnsweringTown();
const worker = await createWorker({
  connection,
  namespace: 'default',
  activities: createActivities(
    clientsOf(() => town),
    { publicUrl: null },
  ),
  ...(cached === undefined ? {} : { tuning: { maxCachedWorkflows: Number(cached) } }),
});
const running = worker.run();

serve({}, async () => {
  worker.shutdown();
  await running;
});
