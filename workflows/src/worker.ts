import { TASK_QUEUE } from '@talkoot/workflow-contracts';
import {
  makeWorkflowExporter,
  OpenTelemetryActivityInboundInterceptor,
  OpenTelemetryActivityOutboundInterceptor,
} from '@temporalio/interceptors-opentelemetry-v2';
import { bundleWorkflowCode, DefaultLogger, Worker } from '@temporalio/worker';
import type { InjectedSinks, NativeConnection, WorkerOptions } from '@temporalio/worker';
import type { Sinks } from '@temporalio/workflow';
import { fileURLToPath } from 'node:url';
import type { Activities } from './activities/activities.ts';

/** Where spans of workflows go; what `startTelemetry` of http-service answers. */
export interface WorkflowTelemetry {
  readonly spanProcessor: Parameters<typeof makeWorkflowExporter>[0];
  readonly resource: Parameters<typeof makeWorkflowExporter>[1];
}

let bundle: ReturnType<typeof bundleWorkflowCode> | undefined;

/** The workflow code as one script; built once in a process. Replays need the same one, interceptors included. */
export function workflowBundle(): ReturnType<typeof bundleWorkflowCode> {
  bundle ??= bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('./workflows.ts', import.meta.url)),
    workflowInterceptorModules: [
      fileURLToPath(
        import.meta.resolve('@temporalio/interceptors-opentelemetry-v2/lib/workflow-interceptors'),
      ),
    ],
    logger: new DefaultLogger('WARN'),
  });
  return bundle;
}

const spansTo = ({ spanProcessor, resource }: WorkflowTelemetry): InjectedSinks<Sinks> => ({
  exporter: makeWorkflowExporter(spanProcessor, resource),
});

/** Replays and tests record no spans; the interceptors in the bundle still hand them out. */
export const noSpans: InjectedSinks<Sinks> = { exporter: { export: { fn: () => undefined } } };

/** A worker for all lifecycles and their activities. */
export async function createWorker(options: {
  readonly connection: NativeConnection;
  readonly namespace: string;
  readonly activities: Activities;
  readonly telemetry?: WorkflowTelemetry;
  readonly tuning?: Partial<WorkerOptions>;
}): Promise<Worker> {
  const { connection, namespace, activities, telemetry, tuning } = options;
  return Worker.create({
    connection,
    namespace,
    taskQueue: TASK_QUEUE,
    workflowBundle: await workflowBundle(),
    activities,
    interceptors: {
      activity: [
        (context) => ({
          inbound: new OpenTelemetryActivityInboundInterceptor(context),
          outbound: new OpenTelemetryActivityOutboundInterceptor(context),
        }),
      ],
    },
    sinks: telemetry ? spansTo(telemetry) : noSpans,
    // Running activities finish instead of being repeated by the next worker.
    shutdownGraceTime: '5s',
    shutdownForceTime: '9s',
    // Thousands of lifecycles wait for months: they are replayed when something happens to them.
    maxCachedWorkflows: 500,
    ...tuning,
  });
}
