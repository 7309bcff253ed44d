import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { serversFor, sideFor, type BenchContext, type Measured } from '../bench.ts';
import { measurePace } from './pace.ts';
import { Projects } from './projects.ts';
import { measureWaiting } from './waiting.ts';

const full = { rounds: 3, lifecycles: 16, plain: 120, chains: 8, open: 2_000, idleMs: 15_000, atOnce: 16 };
const tiny = { rounds: 1, lifecycles: 2, plain: 4, chains: 2, open: 8, idleMs: 500, atOnce: 4 };

/** Project lifecycles on the real Temporal server, in the product's worker, with services that answer at once. */
export async function measureLifecycle(context: BenchContext): Promise<Measured> {
  const sizes = context.quick ? tiny : full;
  Runtime.install({ logger: new DefaultLogger('WARN'), shutdownSignals: [] });
  const servers = await serversFor(context, ['temporal']);
  const address = servers.temporalAddress;
  const environment = await TestWorkflowEnvironment.createFromExistingServer({ address });
  context.cleanUp.defer(() => environment.teardown());
  const projects = new Projects(environment);

  const plain = await sideFor(context, '../lifecycle/plain.process.ts', { args: [address] });
  const worker = await sideFor(context, '../lifecycle/worker.process.ts', {
    args: [address],
    onNews: projects.hear,
  });
  const pace = await measurePace(context, { client: environment.client, projects, sizes });
  await Promise.all([plain.stop(), worker.stop()]);

  const serverPid = servers.pid('temporal');
  if (serverPid === null) throw new Error('Temporal is gone');
  const waiting = await measureWaiting(context, { address, serverPid, projects, sizes });
  return { sizes, figures: [...pace, ...waiting] };
}
