import type { Money } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import { compare, portion } from '@talkoot/money';
import { isFraction, parseFraction } from '../number/fraction.ts';

export type Grant = { readonly amount: Money } | { readonly share: string; readonly adoptedBudget: Money };

/**
 * What a permission grants: the amount, or the share of the adopted budget floored to the minor unit, never above
 * the cap.
 * @throws DomainError `currency-differs`, `permission-empty`
 */
export function limitOf(grant: Grant, cap: Money | undefined, currency: string): Money {
  const base = 'amount' in grant ? grant.amount : grant.adoptedBudget;
  if (base.currency !== currency || (cap && cap.currency !== currency))
    throw new DomainError('currency-differs');
  if (base.amount <= 0) throw new DomainError('permission-empty');
  const granted = 'amount' in grant ? grant.amount : shareOf(grant.adoptedBudget, grant.share);
  const limit = cap && compare(cap, granted) < 0 ? cap : granted;
  if (limit.amount <= 0) throw new DomainError('permission-empty');
  return limit;
}

function shareOf(budget: Money, share: string): Money {
  if (!isFraction(share)) throw new DomainError('permission-empty', 'the share is no number');
  const { n, d } = parseFraction(share);
  if (n <= 0n || n > d) throw new DomainError('permission-empty', 'the share is above 0 and at most 1');
  return portion(budget, n, d);
}

/** @throws DomainError `permission-needed` unless a permission is in force now, `wrong-phase` unless the pilot runs. */
export function requirePermission(
  pilot: { phase: string; permission: { expiresAt: string } | null },
  now: Date,
): void {
  const inForce = pilot.permission !== null && Date.parse(pilot.permission.expiresAt) > now.getTime();
  if (!inForce) throw new DomainError('permission-needed');
  if (pilot.phase !== 'running') throw new DomainError('wrong-phase', `The pilot is ${pilot.phase}`);
}
