import type { Logger } from 'pino';
import { DispatcherUnavailable, errorCodeOf } from './bus.errors.ts';
import type { Dispatched, WorkflowDispatcher } from './dispatcher.ts';
import type { CommandRow } from './outbox.rows.ts';
import type { Delivery, Publisher } from './relay.pump.ts';
import { continueTrace } from './trace.ts';

/** Workflows that are told something at the same time. */
const AT_ONCE = 8;

/** Delivers workflow commands: in order within a workflow, several workflows at once. */
export function commandPublisher(dispatcher: WorkflowDispatcher, log: Logger): Publisher {
  return {
    channel: 'workflow',
    async publish(rows: CommandRow[]) {
      const delivery: Delivery = { done: [], dropped: [], failed: [] };
      const lanes = [...Map.groupBy(rows, (row) => row.lane).values()];
      const worker = async () => {
        for (let lane = lanes.shift(); lane; lane = lanes.shift()) {
          await deliverLane(dispatcher, lane, delivery, log);
        }
      };
      const outcomes = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker));
      const away = outcomes.find((outcome) => outcome.status === 'rejected');
      // What was delivered before the engine went away is marked first; the next batch finds it away.
      if (away && delivery.done.length + delivery.dropped.length === 0) throw away.reason;
      return delivery;
    },
    close: async () => undefined,
  };
}

async function deliverLane(
  dispatcher: WorkflowDispatcher,
  lane: CommandRow[],
  delivery: Delivery,
  log: Logger,
): Promise<void> {
  for (const row of lane) {
    const { _id: id } = row;
    try {
      const dispatched = await dispatch(dispatcher, row);
      if (dispatched.outcome === 'done') delivery.done.push(id);
      else delivery.dropped.push({ id, reason: dispatched.reason });
    } catch (error) {
      if (error instanceof DispatcherUnavailable) throw error;
      log.debug({ row: id, err: error }, 'A workflow command failed');
      delivery.failed.push({ lane: row.lane, code: errorCodeOf(error) });
      return;
    }
  }
}

function dispatch(dispatcher: WorkflowDispatcher, row: CommandRow): Promise<Dispatched> {
  const { command } = row;
  const span = {
    name: `${command.kind} ${command.workflowId.split('/')[0]}`,
    kind: 'PRODUCER',
    attributes: { 'talkoot.workflow_id': command.workflowId },
  } as const;
  return continueTrace(row.traceparent, span, () =>
    command.kind === 'start' ? dispatcher.start(command) : dispatcher.signal(command),
  );
}
