import type { Client } from '@temporalio/client';
import protos from '@temporalio/proto';
import type { temporal } from '@temporalio/proto';

const { History: HistoryType } = protos.temporal.api.history.v1;
export type History = temporal.api.history.v1.IHistory;

/** The history of each run of a workflow, from the first on. */
export async function historiesOf(
  client: Client,
  workflowId: string,
  firstRunId: string,
): Promise<History[]> {
  const histories: History[] = [];
  let runId: string | null | undefined = firstRunId;
  while (runId) {
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    histories.push(history);
    const last = history.events?.at(-1);
    runId = last?.workflowExecutionContinuedAsNewEventAttributes?.newExecutionRunId;
  }
  return histories;
}

/** A history as JSON, an event a line, without what names the machine it was recorded on. */
export function toPublicJson(history: History): string {
  const given = HistoryType.fromObject(history as Record<string, unknown>);
  const { events } = HistoryType.toObject(given, { longs: String, enums: String, bytes: String }) as {
    events: readonly unknown[];
  };
  const lines = events.map((event) => JSON.stringify(event, withoutMachine));
  return `{"events":[\n${lines.join(',\n')}\n]}\n`;
}

function withoutMachine(key: string, value: unknown): unknown {
  if (key === 'identity') return 'worker';
  const isSticky = key === 'taskQueue' && (value as { kind?: string }).kind === 'TASK_QUEUE_KIND_STICKY';
  return isSticky ? { ...(value as object), name: 'sticky' } : value;
}

export const fromPublicJson = (json: string): History =>
  HistoryType.fromObject(JSON.parse(json) as Record<string, unknown>);

/** Every text of a history, the payloads of its decisions, facts, steps and answers among them. */
export function textsOf(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'data' && typeof inner === 'string' ? [Buffer.from(inner, 'base64').toString()] : textsOf(inner),
  );
}
