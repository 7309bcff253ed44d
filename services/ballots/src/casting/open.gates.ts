import type { Gate } from './gate.ts';
import type { GateStore } from './gate.store.ts';

/** How long a gate that was seen open is taken to be so, in milliseconds. */
const rememberMs = 1_000;

/**
 * Gates as they were a moment ago. Enough to decide whether a leaf is worth storing; whether it may be promised is decided
 * by the gate as it stands after that.
 */
export function openGates(gates: Pick<GateStore, 'stateOf'>, now: () => number = Date.now) {
  const openUntil = new Map<string, number>();
  const asked = new Map<string, Promise<Gate | null>>();

  async function ask(pollId: string): Promise<Gate | null> {
    try {
      const gate = await gates.stateOf(pollId);
      if (gate === 'open') openUntil.set(pollId, now() + rememberMs);
      return gate;
    } finally {
      asked.delete(pollId);
    }
  }

  return {
    /** Null before opening. Those who ask at once share one answer. */
    async stateOf(pollId: string): Promise<Gate | null> {
      const until = openUntil.get(pollId);
      if (until !== undefined && now() < until) return 'open';
      openUntil.delete(pollId);
      const before = asked.get(pollId);
      if (before) return before;
      const answer = ask(pollId);
      asked.set(pollId, answer);
      return answer;
    },

    /** A gate that was seen to be shut does not open again. */
    sawShut(pollId: string): void {
      openUntil.delete(pollId);
    },
  };
}
export type OpenGates = ReturnType<typeof openGates>;
