import { issuerNames } from '@talkoot/api-contracts/identity';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import { canonicalJson } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import type { Poll } from './poll.ts';

type Asked = Pick<Poll, 'pollId' | 'municipalityId' | 'kind' | 'ballot' | 'options' | 'budget' | 'rule'>;

/**
 * What voters and issuers bind themselves to: the question, its rules and who may vote, in canonical JSON (RFC 8785).
 * Its fields are those of PROTOCOL.md; those of the board and of the poll's key are still to come.
 */
export function manifestOf(poll: Asked, issuers: readonly IssuerRoll[]): string {
  const { pollId, municipalityId, kind, ballot, options, budget, rule } = poll;
  const manifest = {
    protocol: 'talkoot-poll-v1',
    municipality: municipalityId,
    poll: pollId,
    kind,
    ballot: {
      ...ballot,
      options: options.map(({ optionId, cost }) =>
        cost ? { id: optionId, cost: cost.amount } : { id: optionId },
      ),
    },
    allocation: budget && { rule, budget: budget.amount, currency: budget.currency },
    issuers: issuers.map(({ name, modulus, roll, rollHash, excluded }) => ({
      name,
      modulus,
      rollSize: roll,
      rollHash,
      excluded,
    })),
  };
  return new TextDecoder().decode(canonicalJson(manifest));
}

/** The m of the protocol, in hexadecimal. */
export const hashOf = (manifest: string): string => createHash('sha256').update(manifest).digest('hex');

/**
 * The municipality and the auditor, in this order, each with a key of its own.
 * @throws DomainError `issuers-differ`
 */
export function requireBothIssuers(issuers: readonly IssuerRoll[]): void {
  const named = issuers.map(({ name }) => name).join() === issuerNames.join();
  const [first, second] = issuers;
  if (!named || first!.modulus === second!.modulus) throw new DomainError('issuers-differ');
}
