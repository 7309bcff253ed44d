import type { LifecycleState } from '@talkoot/workflow-contracts';
import type { Lifecycle } from '../lifecycle/lifecycle.ts';
import { resume } from '../lifecycle/messages.ts';
import { batchDecisions } from './batch.decisions.ts';

type Batch = Lifecycle<'batch'>;

/** A payout batch from its proposal to its reconciliation with the bank. */
export async function batchLifecycle(state: LifecycleState) {
  const batch = resume(batchDecisions, state);
  await seekRelease(batch);
  await instruct(batch);
  await reconcile(batch);
  return batch.finish();
}

const seekRelease = (batch: Batch) => batch.hold('approval', 'release');

async function instruct(batch: Batch): Promise<void> {
  const { id, phase, facts } = batch.state;
  if (phase !== 'released') return;
  // What three people agreed on is known here, where nobody can change it who writes to the service's database.
  const { attempts } = await batch.effect('hand the batch over', 'instructBatch', id, facts.batchSha256!);
  const data = { attempts };
  batch.advance('instructed', { phase: 'instructed', stage: 'reconciliation', data });
}

/** The bank may have been quicker than the record of the instruction. */
async function reconcile(batch: Batch): Promise<void> {
  if (batch.isAt('reconciliation') && batch.facts.reconciled) {
    batch.advance('reconciled', { phase: 'reconciled' });
  }
  await batch.hold('reconciliation');
}
