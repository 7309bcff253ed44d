import type { BallotsApi } from '@talkoot/api-contracts/ballots';
import { parseCheckpoint, readManifest } from '@talkoot/ballot-protocol';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { ClientSession } from 'mongoose';
import type { Ballots } from '../ballots.ts';
import type { Poll } from '../poll/poll.ts';
import {
  ceremonies,
  keyWith,
  takenConfirmation,
  takenDestruction,
  takenRound1,
  takenRound2,
  takenShare,
} from './ceremony.ts';
import type { Ceremonies, Ceremony } from './ceremony.ts';
import type { Gift } from './key.store.ts';
import type { KeyMaking } from './key.ts';

type Routes = Pick<
  Handlers<BallotsApi>,
  'getKeyCeremony' | 'giveRound1' | 'giveRound2' | 'confirmKey' | 'releaseShare' | 'declareDestroyed'
>;

interface Place {
  readonly municipalityId: string;
  readonly pollId: string;
  readonly index: number;
}

export function keyRoutes(parts: Ballots): Routes {
  const { polls, keys } = parts;
  const known = ceremonies();
  const give = givingTo(parts, known);
  return {
    async getKeyCeremony(call) {
      const { municipalityId, pollId } = call.params;
      const poll = await polls.get(pollId, municipalityId);
      if (poll.roll === null) throw new DomainError('poll-roll-not-frozen');
      return { body: shown(pollId, known.at(poll, await keys.find(pollId))) };
    },

    async giveRound1(call) {
      const body = ownPackage(call.params, call.body);
      return give(call.params, 'round1', (ceremony) => takenRound1(ceremony, body));
    },

    async giveRound2(call) {
      const body = ownPackage(call.params, call.body);
      return give(call.params, 'round2', (ceremony) => takenRound2(ceremony, body));
    },

    async confirmKey(call) {
      const body = ownPackage(call.params, call.body);
      return give(
        call.params,
        'confirmations',
        (ceremony) => takenConfirmation(ceremony, body),
        async (ceremony, poll, session) => {
          const key = keyWith(ceremony, body);
          if (!key) return;
          await keys.setKey(poll.pollId, key, session);
          await tell(parts, poll, 'key-made', session);
        },
      );
    },

    async releaseShare(call) {
      const { pollId, municipalityId, index } = call.params;
      const { manifest } = await polls.get(pollId, municipalityId);
      if (manifest === null) throw new DomainError('release-not-awaited');
      const checkpoint = parseCheckpoint(Buffer.from(await parts.board.checkpointOf(pollId)));
      const final = { binding: readManifest(Buffer.from(manifest)), head: checkpoint };
      return give(
        call.params,
        'shares',
        (ceremony) => takenShare(ceremony, final, { index, ...call.body }),
        async ({ binding, making }, poll, session) => {
          const isEnough = making.shares.length + 1 === binding.ceremony.threshold;
          if (isEnough) await tell(parts, poll, 'key-released', session);
        },
      );
    },

    async declareDestroyed(call) {
      const declaration = { index: call.params.index, signature: call.body.signature };
      return give(call.params, 'destroyed', (ceremony) => takenDestruction(ceremony, declaration));
    },
  };
}

/**
 * Takes in what a trustee gives, with all that follows from it, in one transaction; `taken` decides whether it may. It is asked
 * before as well: strangers can send packages, and a transaction costs more than refusing them.
 */
function givingTo({ connection, polls, keys }: Ballots, known: Ceremonies) {
  return async <G extends Gift>(
    { municipalityId, pollId, index }: Place,
    list: G,
    taken: (ceremony: Ceremony) => KeyMaking[G][number] | null,
    follow?: (ceremony: Ceremony, poll: Poll, session: ClientSession) => Promise<void>,
  ) => {
    taken(known.at(await polls.get(pollId, municipalityId), await keys.find(pollId)));
    return inTransaction(connection, async (session) => {
      const poll = (await polls.find(pollId, session))!;
      const ceremony = known.at(poll, await keys.find(pollId, session));
      const gift = taken(ceremony);
      if (gift !== null) {
        await keys.add(pollId, list, gift, session);
        await follow?.(ceremony, poll, session);
      }
      const { awaited } = known.at(poll, await keys.find(pollId, session));
      return { body: { index, awaited } };
    });
  };
}

/** A fact that comes twice or early does no harm to the poll. */
async function tell(
  { record }: Ballots,
  { pollId, municipalityId }: Poll,
  name: 'key-made' | 'key-released',
  session: ClientSession,
): Promise<void> {
  const factId = `${name}/${pollId}`;
  await record.report(session, { kind: 'poll', lifecycleId: pollId, municipalityId, name, factId, data: {} });
}

/** @throws DomainError `package-wrong` for the package of somebody else */
function ownPackage<P extends { readonly index: number }>({ index }: Place, sent: P): P {
  if (sent.index !== index)
    throw new DomainError('package-wrong', `This is a package of trustee ${sent.index}`);
  return sent;
}

function shown(pollId: string, { binding, making, awaited }: Ceremony) {
  const { round1, round2, confirmations, key, shares, destroyed } = making;
  return {
    pollId,
    ceremony: binding.ceremony,
    ceremonySha256: Buffer.from(binding.hash).toString('hex'),
    awaited,
    round1: byIndex(round1),
    round2: byIndex(round2),
    confirmations: byIndex(confirmations),
    key,
    // Never the shares themselves: with t of them anybody could open ballots before they are counted.
    released: byIndex(shares).map((one) => one.index),
    destroyed: byIndex(destroyed),
  };
}

function byIndex<G extends { readonly index: number }>(gifts: readonly G[]): G[] {
  return gifts.toSorted((a, b) => a.index - b.index);
}
