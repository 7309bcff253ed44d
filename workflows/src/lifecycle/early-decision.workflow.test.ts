import { initialState, lifecycles, TASK_QUEUE } from '@talkoot/workflow-contracts';
import type { Command } from '@talkoot/workflow-contracts';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { hash, startEngine } from '../../test/engine.ts';
import type { Engine } from '../../test/engine.ts';

let engine: Engine;
beforeAll(async () => {
  engine = await startEngine();
});
afterAll(() => engine.stop());

test('takes a decision that reaches a lifecycle together with its start', async () => {
  const ids = { id: 'bat-early', municipalityId: 'lintula', pilotId: 'pil-1' };
  const startWorkflowOperation = new WithStartWorkflowOperation(lifecycles.batch.workflowType, {
    workflowId: 'batch/bat-early',
    taskQueue: TASK_QUEUE,
    args: [initialState('batch', ids)],
    workflowIdConflictPolicy: 'FAIL',
  });
  const command: Command = {
    decisionId: hash('early'),
    bodyHash: hash('body'),
    name: 'approve',
    actor: { id: 'per-approver', as: 'payout-approver' },
    data: { batchSha256: hash('batch') },
  };
  const early = { args: [command] as [Command], updateId: command.decisionId, startWorkflowOperation };
  const answer = await engine.environment.client.workflow.executeUpdateWithStart('approve', early);
  expect(answer).toMatchObject({ phase: 'approved', step: 2 });
  await (await startWorkflowOperation.workflowHandle()).terminate();
});
