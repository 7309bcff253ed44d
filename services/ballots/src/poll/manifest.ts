import { issuerNames } from '@talkoot/api-contracts/identity';
import type { IssuerRoll } from '@talkoot/api-contracts/identity';
import type { PollWindows } from '@talkoot/api-contracts/ballots';
import { ballotLength, ManifestError, questionHash, writeManifest } from '@talkoot/ballot-protocol';
import type { Asked, BallotRules, Manifest, PollKey, SealedSeed } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import { ballotOf, ceremonyOf } from './poll.ts';
import type { Poll } from './poll.ts';

type Question = Pick<
  Poll,
  'pollId' | 'municipalityId' | 'kind' | 'ballot' | 'options' | 'budget' | 'allocation' | 'protocol'
>;

/** What the issuers, the trustees and the operator of the board add to what was asked for. */
export interface ManifestParts {
  readonly key: PollKey;
  /** Of the issuers, in their order. */
  readonly lot: readonly [SealedSeed, SealedSeed];
  readonly windows: PollWindows | null;
  readonly board: { readonly origin: string; readonly publicKey: string };
  readonly witnesses: Manifest['witnesses'];
}

/**
 * What voters, issuers, trustees and witnesses bind themselves to, as PROTOCOL.md writes it: canonical JSON.
 * @throws DomainError `manifest-invalid` with every problem in its detail
 */
export function manifestOf(poll: Question & Pick<Poll, 'issuers'>, parts: ManifestParts): string {
  const [first, second] = poll.issuers;
  const asked = askedOf(poll);
  const manifest: Manifest = {
    protocol: 'talkoot-poll-v1',
    ...asked,
    lot: [...parts.lot],
    issuers: [issuerOf(first!), issuerOf(second!)],
    key: parts.key,
    board: { ...parts.board, ...asked.board },
    witnesses: [...parts.witnesses],
    windows: parts.windows,
    page: [],
  };
  try {
    return new TextDecoder().decode(writeManifest(manifest));
  } catch (error) {
    if (error instanceof ManifestError) throw new DomainError('manifest-invalid', error.message);
    throw error;
  }
}

/** What a manifest will ask, as far as it is known before there are rolls and a key. */
function askedOf(poll: Question): Asked {
  const { kind, budget, allocation, protocol } = poll;
  return {
    municipality: poll.municipalityId,
    poll: poll.pollId,
    kind,
    ballot: ballotRulesOf(poll),
    allocation: allocation && budget && { ...allocation, budget: budget.amount },
    minima: protocol.minima,
    board: { batchSize: protocol.batchSize },
    key: {
      threshold: protocol.threshold,
      trustees: ceremonyOf(poll).trustees.map(({ sealingKey: _, ...trustee }) => trustee),
    },
  };
}

/** By which the manifest is held against what was asked for, in hexadecimal. */
export const questionSha256Of = (poll: Question): string =>
  Buffer.from(questionHash(askedOf(poll))).toString('hex');

function ballotRulesOf(poll: Pick<Poll, 'kind' | 'ballot' | 'options'>): BallotRules {
  const { type, minChoices, maxChoices, points } = ballotOf(poll);
  const choices = { minChoices, maxChoices };
  const plain = poll.options.map(({ optionId }) => ({ id: optionId }));
  const priced = poll.options.map(({ optionId, cost }) => ({ id: optionId, cost: cost?.amount ?? 0 }));
  switch (type) {
    case 'approval':
    case 'knapsack':
      return sized({ type, options: priced, ...choices });
    case 'points':
      return sized({ type, options: priced, ...choices, points: points! });
    case 'yes-no':
    case 'bonus':
      return sized({ type, options: plain });
  }
}

const sized = (rules: Parameters<typeof ballotLength>[0]): BallotRules => ({
  ...rules,
  length: ballotLength(rules),
});

function issuerOf({ name, organisation, modulus, roll, rollHash, logKey, excluded }: IssuerRoll) {
  return { name, organisation, modulus, rollSize: roll, rollHash, logKey, excluded };
}

/** The m of the protocol, in hexadecimal. */
export const hashOf = (manifest: string): string => createHash('sha256').update(manifest).digest('hex');

/**
 * The municipality and the auditor, in this order, with nothing in common.
 * @throws DomainError `issuers-differ`
 */
export function requireBothIssuers(issuers: readonly IssuerRoll[]): void {
  const named = issuers.map(({ name }) => name).join() === issuerNames.join();
  const isShared = (part: 'modulus' | 'organisation' | 'logKey') => issuers[0]![part] === issuers[1]![part];
  const shared = (['modulus', 'organisation', 'logKey'] as const).find(isShared);
  if (!named || shared !== undefined)
    throw new DomainError('issuers-differ', shared && `Both have one ${shared}`);
}
