import { ApiProblem, ServiceUnreachable } from '@talkoot/api-contracts';
import { DomainError } from '@talkoot/http-service';
import type { Logger } from '@talkoot/http-service';
import type { BoardClient } from './board.client.ts';
import { stageOf } from './handing.ts';
import type { PollPhase, Stage } from './handing.ts';
import { ManifestUnproven, placeOf, provenManifest, relayedPoll } from './relayed.poll.ts';
import type { OwnWitness, RelayedPoll } from './relayed.poll.ts';
import type { RelayedPollStore } from './relayed.poll.store.ts';

export interface RelayedPollsParts {
  readonly board: BoardClient;
  readonly store: RelayedPollStore;
  readonly witness: OwnWitness;
  readonly log: Logger;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Most polls whose manifests are kept. */
const mostPolls = 10_000;
/** Most of them at hand. */
const mostKnown = 200;
/** Most polls that are asked for at once. */
const mostAsked = 50;
/** Most boards that were just cosigned and are still to be learned. */
const mostSeen = 1_000;
/** How often a board that was just cosigned is asked for its manifest. */
const mostTries = 60;

/** Polls as the relay knows them: by a manifest that was proven once, and stays. */
export function relayedPolls(parts: RelayedPollsParts) {
  const { board, store, now } = parts;
  const known = new Map<string, RelayedPoll>();
  const asked = new Map<string, Promise<RelayedPoll>>();
  const seen = new Map<string, number>();

  function remember(poll: RelayedPoll): RelayedPoll {
    if (known.size >= mostKnown) known.delete(known.keys().next().value!);
    known.set(poll.place.pollId, poll);
    return poll;
  }

  async function stored(pollId: string): Promise<RelayedPoll | null> {
    const found = await store.find(pollId);
    return found && remember(relayedPoll(found.manifest, found.learned.getTime()));
  }

  async function learn(pollId: string): Promise<RelayedPoll> {
    const before = await stored(pollId);
    if (before) return before;
    if (!(await store.hasRoom(mostPolls))) throw new DomainError('poll-not-relayed');
    await store.add(pollId, await shownBy(parts, pollId), new Date(now()));
    return (await stored(pollId))!;
  }

  /**
   * @throws DomainError `not-found` if the board does not know it either, `poll-not-relayed`
   */
  async function get(pollId: string): Promise<RelayedPoll> {
    const here = known.get(pollId) ?? asked.get(pollId);
    if (here) return here;
    if (asked.size >= mostAsked) throw new DomainError('poll-not-relayed');
    const asking = learn(pollId).finally(() => asked.delete(pollId));
    asked.set(pollId, asking);
    return asking;
  }

  return {
    get,

    /** A checkpoint of this log was cosigned: if it is a board that nobody has learned, its manifest is asked for soon. */
    saw(origin: string): void {
      const pollId = placeOf(origin)?.pollId;
      if (pollId && !known.has(pollId) && seen.size < mostSeen) seen.set(pollId, 0);
    },

    /** Asks for the manifests of boards that were just cosigned, a few at a time; the board shows them a moment later. */
    async learnSeen(): Promise<void> {
      const due = [...seen].slice(0, mostAsked / 5);
      await Promise.all(
        due.map(async ([pollId, tries]) => {
          const isKnown = await get(pollId).then(
            () => true,
            () => false,
          );
          seen.delete(pollId);
          if (!isKnown && tries + 1 < mostTries) seen.set(pollId, tries + 1);
        }),
      );
    },

    /**
     * How far a poll is, by its manifest and what the board says now or said last; what it says is remembered.
     */
    async stageOf({ place, binding, learned }: RelayedPoll): Promise<Stage> {
      const said = await board.phaseOf(place);
      const before = (await store.find(place.pollId))?.said ?? null;
      if (said !== null && said !== before && isWorthKeeping(said)) await store.heard(place.pollId, said);
      return stageOf(binding.manifest.windows, said ?? before, { learned, now: now() });
    },

    /** The same, without asking the board. */
    async lastStageOf({ place, binding, learned }: RelayedPoll): Promise<Stage> {
      const said = (await store.find(place.pollId))?.said ?? null;
      return stageOf(binding.manifest.windows, said, { learned, now: now() });
    },

    /** Somebody was told that casting is over. */
    async heardClosed(pollId: string): Promise<void> {
      if (!(await store.find(pollId))?.said) await store.heard(pollId, 'closed');
    },

    isOver: async (pollId: string): Promise<boolean> => (await store.find(pollId))?.over ?? false,
    setOver: (pollId: string): Promise<void> => store.setOver(pollId),
  };
}
export type RelayedPolls = ReturnType<typeof relayedPolls>;

/** While casting goes on there is nothing to remember. */
const isWorthKeeping = (said: PollPhase) => stageOf(null, said, { learned: 0, now: 0 }) !== 'casting';

/** @throws DomainError `not-found`, `poll-not-relayed` */
async function shownBy({ board, witness, log }: RelayedPollsParts, pollId: string): Promise<string> {
  try {
    return await provenManifest(board, witness, pollId);
  } catch (error) {
    if (error instanceof ApiProblem && error.code === 'not-found') throw new DomainError('not-found');
    if (error instanceof ManifestUnproven)
      log.warn({ err: error }, 'a board shows no manifest that was cosigned');
    else if (!(error instanceof ApiProblem || error instanceof ServiceUnreachable)) throw error;
    throw new DomainError('poll-not-relayed');
  }
}
