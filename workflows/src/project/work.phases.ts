import type { Lifecycle } from '../lifecycle/lifecycle.ts';

export type Project = Lifecycle<'project'>;

/** A funded project is staffed like any other, and everybody signs; without a baseline nothing starts. */
export async function staff(project: Project): Promise<void> {
  await project.hold('staffing', 'agreement');
  if (!project.isAt('baseline')) return;
  const { id } = project.state;
  const missing = await project.effect('look for missing baselines', 'countMissingBaselines', id);
  // The services may have reported the last baseline meanwhile.
  if (missing === 0 && project.isAt('baseline')) {
    project.advance('delivery', { phase: 'delivery', stage: 'delivery' });
  }
  await project.hold('baseline');
}

export const deliver = (project: Project) => project.hold('delivery');

/** Underspend returns to the round fund, and the measurement runs by itself until it reports. */
export async function measure(project: Project): Promise<void> {
  if (project.isAt('measurement') && project.facts.measurementId === undefined) {
    await startMeasurement(project);
  }
  await project.hold('measurement');
}

async function startMeasurement(project: Project): Promise<void> {
  const { id } = project.state;
  await project.effect('return the underspend', 'releaseProject', id, 'commitment');
  const { measurementId } = await project.effect('start the measurement', 'startMeasurement', id);
  if (!project.isAt('measurement')) return;
  project.advance('measurement-started', { facts: { measurementId }, data: { measurementId } });
}

export const assess = (project: Project) => project.hold('assessment', 'objection', 'objection-decision');
