import { proxyActivities } from '@temporalio/workflow';

const { answer } = proxyActivities<{ answer(): Promise<void> }>({ startToCloseTimeout: '30s' });

/** The least that a workflow with an effect can be. */
export async function oneActivity(): Promise<void> {
  await answer();
}

/** A workflow with as many steps as a lifecycle and none of its machinery. */
export async function manyActivities(count: number): Promise<void> {
  for (let done = 0; done < count; done += 1) await answer();
}
