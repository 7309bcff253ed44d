import { hashOf } from '../poll/manifest.ts';
import { rulesOf } from '../poll/poll.ts';
import type { Poll, PollRules } from '../poll/poll.ts';
import type { PollStore } from '../poll/poll.store.ts';
import { issuerKeyOf } from './certificate.check.ts';
import type { Binding } from './certificate.check.ts';

const MOST = 200;

/** What casting needs of a poll. */
export interface CastingRules {
  readonly rules: PollRules;
  /** Null until both rolls are frozen. */
  readonly binding: Binding | null;
}

/** Rules of the polls that were cast in lately. Once a poll has a manifest they never change. */
export function rulesCache(polls: PollStore) {
  const known = new Map<string, CastingRules>();
  return {
    /** @throws DomainError `not-found` */
    async get(pollId: string): Promise<CastingRules> {
      const before = known.get(pollId);
      if (before) return before;
      const poll = await polls.get(pollId);
      const rules = { rules: rulesOf(poll), binding: bindingOf(poll) };
      if (!rules.binding) return rules;
      if (known.size >= MOST) known.delete(known.keys().next().value!);
      known.set(pollId, rules);
      return rules;
    },
  };
}
export type RulesCache = ReturnType<typeof rulesCache>;

function bindingOf({ manifest, issuers }: Poll): Binding | null {
  if (manifest === null) return null;
  const m = Buffer.from(hashOf(manifest), 'hex');
  const [first, second] = issuers;
  return { m, issuers: [issuerKeyOf(first!.modulus), issuerKeyOf(second!.modulus)] };
}
