import { rulesOf } from '../poll/poll.ts';
import type { PollRules } from '../poll/poll.ts';
import type { PollStore } from '../poll/poll.store.ts';

const MOST = 200;

/** Rules of the polls that were cast in lately. They never change. */
export function rulesCache(polls: PollStore) {
  const known = new Map<string, PollRules>();
  return {
    /** @throws DomainError `not-found` */
    async get(pollId: string): Promise<PollRules> {
      const before = known.get(pollId);
      if (before) return before;
      const rules = rulesOf(await polls.get(pollId));
      if (known.size >= MOST) known.delete(known.keys().next().value!);
      known.set(pollId, rules);
      return rules;
    },
  };
}
export type RulesCache = ReturnType<typeof rulesCache>;
