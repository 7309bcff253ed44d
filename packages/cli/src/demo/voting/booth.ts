import { castAndFollow, newCast } from '@talkoot/ballot-protocol/device';
import type { CastGoal, CastOutcome, CastState } from '@talkoot/ballot-protocol/device';
import type { Receipt } from '@talkoot/ballot-protocol';
import type { Actor } from '../actor.ts';
import { PATIENCE_MS } from '../patience.ts';
import { municipalityOf } from '../play.ts';
import type { KeptReceipt, Play } from '../play.ts';
import { castPorts } from './cast.ports.ts';
import type { Choice } from './choice.ts';
import { certifiedDevice, pollOnDevice } from './device.ts';

/** Where residents vote in one poll, each with a device of their own. */
export interface Booth {
  /** Casts one ballot after the other; the last one counts. @throws NotCast */
  readonly vote: (voter: Actor, ...choices: Choice[]) => Promise<KeptReceipt[]>;
  /** Follows a ballot, as its device does, until it is found on the board; null if it is not while there is patience. */
  readonly follow: (receipt: Receipt) => Promise<CastOutcome | null>;
}

/** Neither the board nor the relay promised to publish a ballot. */
export class NotCast extends Error {
  override readonly name = 'NotCast';
}

/** One in so many voters is where the board does not answer, and begins at the relay. */
const atRelayIn = 10;
const rests = { first: 50, longest: 5_000 };

/** Reads what the poll is bound to, as every device does before its voter chooses. */
export async function enterBooth(play: Play, pollId: string): Promise<Booth> {
  const params = { ...municipalityOf(play), pollId };
  const poll = await pollOnDevice(await play.visitor.ballots.getManifest({ params }));
  const ports = castPorts(play.stack.urls, pollId);
  const cast = (leaf: Uint8Array, until: CastGoal['until'], from: CastState) => {
    const casting = { binding: poll.binding, leaf, ports, rests };
    return castAndFollow(casting, { until, deadline: Date.now() + PATIENCE_MS }, from);
  };
  let voters = 0;
  return {
    async vote(voter, ...choices) {
      const first = (voters += 1) % atRelayIn === 0 ? 'relay' : 'board';
      const certifiedAt: [number, number] = [0, 0];
      const issuers = [voter.identity, voter.auditor] as const;
      const device = await certifiedDevice(poll, async (issuer, blinded) => {
        const { blindSignature } = await issuers[issuer].issueCertificate({ params, body: { blinded } });
        certifiedAt[issuer] = Date.now();
        return blindSignature;
      });
      const kept: KeptReceipt[] = [];
      for (const [before, choice] of choices.entries()) {
        const leaf = await device.leafOf(choice, before + 1);
        const { promise, end } = await cast(leaf, 'promised', { ...newCast, to: first });
        if (!promise) throw new NotCast(`A ballot was not promised: ${JSON.stringify(end)}`);
        kept.push({ voter, certifiedAt, receipt: { manifest: poll.binding.m, leaf, promise } });
      }
      return kept;
    },

    follow: async ({ leaf, promise }) =>
      (await cast(leaf, 'included', { ...newCast, promise, turn: 'look' })).end,
  };
}
