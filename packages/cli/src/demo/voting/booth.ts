import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Receipt } from '@talkoot/ballot-protocol';
import type { Actor } from '../actor.ts';
import { patientClient } from '../patience.ts';
import { municipalityOf } from '../play.ts';
import type { Play } from '../play.ts';
import type { Choice } from './choice.ts';
import { certifiedDevice, pollOnDevice, receiptOf } from './device.ts';

/** Where residents vote in one poll, each with a device of their own. */
export interface Booth {
  readonly vote: (voter: Actor, choice: Choice) => Promise<Receipt>;
}

/** Reads what the poll is bound to, as every device does before its voter chooses. */
export async function enterBooth(play: Play, pollId: string): Promise<Booth> {
  const params = { ...municipalityOf(play), pollId };
  const poll = await pollOnDevice(await play.visitor.ballots.getManifest({ params }));
  const anonymous = patientClient(ballotsApi, { baseUrl: play.stack.urls.ballots });
  return {
    async vote(voter, choice) {
      const issuers = [voter.identity, voter.auditor] as const;
      const device = await certifiedDevice(poll, async (issuer, blinded) => {
        const { blindSignature } = await issuers[issuer].issueCertificate({ params, body: { blinded } });
        return blindSignature;
      });
      const leaf = await device.leafOf(choice);
      const { promise } = await anonymous.castBallot({ params: { pollId }, body: leaf });
      return receiptOf(poll, leaf, promise);
    },
  };
}
