import type { LifecycleState } from '@talkoot/workflow-contracts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { resume } from '../lifecycle/messages.ts';
import { measurementDecisions, toNextCollection } from './measurement.decisions.ts';

type Measurement = Lifecycle<'measurement'>;

/** A measurement over months or years, one collection after the other, each in a history of its own. */
export async function measurementLifecycle(state: LifecycleState) {
  const measurement = resume(measurementDecisions, state);
  await plan(measurement);
  await collect(measurement);
  await close(measurement);
  return measurement.finish();
}

async function plan(measurement: Measurement): Promise<void> {
  if (!measurement.isIdleIn('collecting')) return;
  const { id } = measurement.state;
  const collections = await measurement.effect('read the plan', 'planMeasurement', id);
  // It may have been closed meanwhile.
  if (!measurement.isIdleIn('collecting')) return;
  const first = toNextCollection({ ...measurement.facts, collections });
  measurement.advance('planned', { ...first, data: { collections } });
}

/** A collection nobody completed shows as missing; the measurement goes on. */
async function collect(measurement: Measurement): Promise<void> {
  const { current } = measurement.facts;
  await measurement.holdWhile(({ stage, facts }) => stage === 'collection' && facts.current === current);
  if (measurement.isAt('collection')) await measurement.renew();
}

async function close(measurement: Measurement): Promise<void> {
  await measurement.hold('closing');
  if (!measurement.isIdleIn('closing')) return;
  const { id } = measurement.state;
  await measurement.effect('tell the project', 'completeMeasurement', id);
  const { missing = [] } = measurement.facts;
  measurement.advance('completed', { phase: 'completed', data: { missing } });
}
