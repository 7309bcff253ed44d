import type { StateOf } from '@talkoot/workflow-contracts';
import { describe, expect, test } from 'vitest';
import { command, decide, now, stateAt } from '../../test/decisions.ts';
import { takeFact } from '../lifecycle/decide.ts';
import { batchDecisions } from './batch.decisions.ts';

type Batch = StateOf<'batch'>;
const [batchSha256, other] = ['b'.repeat(64), 'c'.repeat(64)];
const facts = { batchSha256, proposedBy: 'per-a' };
const approve = (sha256: string, person = 'per-b') =>
  command('approve', 'payout-approver', { batchSha256: sha256 }, person);
const release = (sha256: string, person: string) =>
  command('release', 'payout-releaser', { batchSha256: sha256 }, person);

describe('a batch', () => {
  const proposed = stateAt('batch', { phase: 'proposed', stage: 'approval', facts });
  const approved = decide(proposed, approve(batchSha256)) as Batch;

  test('is approved as it was proposed, by another person', () => {
    expect(approved).toMatchObject({ phase: 'approved', stage: 'release', facts: { approvedBy: 'per-b' } });
    expect(decide(proposed, approve(other))).toBe('hash-mismatch');
    expect(decide(proposed, approve(batchSha256, 'per-a'))).toBe('same-person-twice');
  });
  test('is released as it was approved, by a third person', () => {
    expect(decide(approved, release(batchSha256, 'per-c'))).toMatchObject({ phase: 'released', stage: null });
    expect(decide(approved, release(other, 'per-c'))).toBe('hash-mismatch');
    expect(decide(approved, release(batchSha256, 'per-a'))).toBe('same-person-twice');
    expect(decide(approved, release(batchSha256, 'per-b'))).toBe('same-person-twice');
  });
  test('may be reconciled before its instruction is recorded', () => {
    const fact = { factId: 'one', name: 'reconciled', data: {} };
    const released = stateAt('batch', { phase: 'released', stage: null });
    expect(takeFact(batchDecisions, released, fact, now)?.state).toMatchObject({
      phase: 'released',
      facts: { reconciled: true },
    });
    const instructed = stateAt('batch', { phase: 'instructed', stage: 'reconciliation' });
    expect(takeFact(batchDecisions, instructed, fact, now)?.state).toMatchObject({ phase: 'reconciled' });
    expect(takeFact(batchDecisions, proposed, fact, now)).toBeNull();
  });
});
