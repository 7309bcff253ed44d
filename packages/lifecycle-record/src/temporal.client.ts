import { Client, Connection } from '@temporalio/client';
import { OpenTelemetryWorkflowClientInterceptor } from '@temporalio/interceptors-opentelemetry-v2';

/** A Temporal client that connects at its first use, so that a service starts while Temporal is away. */
export function temporalClient(config: { address: string; namespace: string }): Client {
  return new Client({
    connection: Connection.lazy({ address: config.address, connectTimeout: '3s' }),
    namespace: config.namespace,
    interceptors: { workflow: [new OpenTelemetryWorkflowClientInterceptor()] },
  });
}
