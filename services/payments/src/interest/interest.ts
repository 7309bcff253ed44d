import { DomainError } from '@talkoot/http-service';
import type { Payments, Place } from '../context.ts';

/** Who is paid for a project beside its team: contractors whose spending was recorded, and whoever an outcome contract pays. */
export async function interestedIn(payments: Payments, projectId: string): Promise<string[]> {
  const project = await payments.funds.findCommitment(projectId);
  // Nobody is paid for what is not funded.
  if (!project) return [];
  const contractors = await payments.spending.contractorsOf(projectId);
  const parties = await payments.outcomes.payeesIn(project.pilotId, projectId);
  return [...new Set([...contractors, ...parties])].toSorted();
}

/**
 * People who may be paid for a project or in a whole pilot: they neither measured nor assessed it, nor stated its results. It is
 * asked when such a payment is proposed and again when a second person agrees, as somebody may measure in between. From
 * the proposal on they are known as interested, so no third moment is left.
 * @throws DomainError `has-measured`
 */
export async function requireNoMeasurer(
  { outcomes, projects }: Payments,
  { pilotId, projectId }: Place,
  personIds: readonly string[],
): Promise<void> {
  if (personIds.length === 0) return;
  const measurers = await projects.measurersAmong({ pilotId, projectId }, personIds);
  const stated = await outcomes.statedBy({ pilotId, projectId }, personIds);
  if (measurers.length + stated.length > 0) throw new DomainError('has-measured');
}
