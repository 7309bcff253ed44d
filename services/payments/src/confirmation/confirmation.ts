import { DomainError } from '@talkoot/http-service';

interface Proposal {
  readonly by: string;
  /** Over all that is confirmed, the reason included. */
  readonly sha256: string;
}

/**
 * What one person proposed, and another confirms exactly so.
 * @param hashNow its hash as it would be today; what was proposed is stale when that is another
 * @throws DomainError `not-proposed`, `hash-mismatch`, `same-person-twice`
 */
export function requireConfirmable<P extends Proposal>(
  proposal: P | null,
  confirmed: Proposal,
  hashNow: (proposal: P) => string = ({ sha256 }) => sha256,
): P {
  if (!proposal) throw new DomainError('not-proposed');
  if (proposal.sha256 !== confirmed.sha256 || hashNow(proposal) !== confirmed.sha256)
    throw new DomainError('hash-mismatch');
  if (proposal.by === confirmed.by) throw new DomainError('same-person-twice');
  return proposal;
}
