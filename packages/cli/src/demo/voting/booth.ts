import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Actor } from '../actor.ts';
import { patientClient } from '../patience.ts';
import { municipalityOf } from '../play.ts';
import type { KeptReceipt, Play } from '../play.ts';
import type { Choice } from './choice.ts';
import { certifiedDevice, pollOnDevice, receiptOf } from './device.ts';

/** Where residents vote in one poll, each with a device of their own. */
export interface Booth {
  /** Casts one ballot after the other; the last one counts. */
  readonly vote: (voter: Actor, ...choices: Choice[]) => Promise<KeptReceipt[]>;
}

/** Reads what the poll is bound to, as every device does before its voter chooses. */
export async function enterBooth(play: Play, pollId: string): Promise<Booth> {
  const params = { ...municipalityOf(play), pollId };
  const poll = await pollOnDevice(await play.visitor.ballots.getManifest({ params }));
  const anonymous = patientClient(ballotsApi, { baseUrl: play.stack.urls.ballots });
  return {
    async vote(voter, ...choices) {
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
        const { promise } = await anonymous.castBallot({ params: { pollId }, body: leaf });
        kept.push({ voter, certifiedAt, receipt: receiptOf(poll, leaf, promise) });
      }
      return kept;
    },
  };
}
