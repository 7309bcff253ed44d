import { DomainError } from '@talkoot/http-service';
import { money } from '@talkoot/money';
import type { ClientSession } from 'mongoose';
import { instructedLines } from '../batch/batch.instruction.ts';
import type { BatchDocument } from '../batch/batch.store.ts';
import type { Payments } from '../context.ts';

/**
 * What the payroll office is to pay of a released batch. It is made when it is asked for and kept nowhere; once every payment has
 * its answer nobody needs it any more.
 * @throws DomainError `batch-not-instructed`, `batch-changed`, `payroll-file-expired`
 */
export async function payrollFileOf(payments: Payments, session: ClientSession, batch: BatchDocument) {
  if (batch.state === 'reconciled') throw new DomainError('payroll-file-expired');
  const all = await instructedLines(payments, session, batch);
  const lines = all.filter(({ attempt }) => attempt.destination.method === 'payroll');
  const period = batch.proposedAt.toISOString().slice(0, 7);
  const total = lines.reduce((sum, { attempt }) => sum + attempt.amount, 0);
  return {
    batchId: batch._id,
    sha256: batch.sha256,
    period,
    total: money(total, batch.currency),
    lines: lines.map(({ attempt, obligation }) => ({
      reference: attempt.endToEndId,
      obligationId: obligation._id,
      payeeId: obligation.payeeId,
      payeeRole: obligation.payeeRole,
      gross: money(attempt.amount, attempt.currency),
      costCentre: obligation.costCentre,
      account: obligation.account,
      fiscalYear: obligation.fiscalYear,
      period,
    })),
  };
}

/** How the payroll system knows these payees: by the number that identity keeps, else by their opaque id. */
export async function numbersOf(
  { personnelNumbers }: Pick<Payments, 'personnelNumbers'>,
  municipalityId: string,
  personIds: readonly string[],
): Promise<(personId: string) => string> {
  const people = [...new Set(personIds)];
  const known =
    people.length === 0 ? new Map<string, string>() : await personnelNumbers(municipalityId, people);
  return (personId) => known.get(personId) ?? personId;
}
