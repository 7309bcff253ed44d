import { ballotsApi } from '@talkoot/api-contracts/ballots';
import type { Actor } from '../actor.ts';
import { patientClient } from '../patience.ts';
import { municipalityOf } from '../play.ts';
import type { Play } from '../play.ts';
import { bindingIn, certifiedDevice } from './device.ts';
import type { Choice } from './device.ts';

/** Where residents vote in one poll, each with a device of their own. */
export interface Booth {
  readonly vote: (voter: Actor, choice: Choice) => Promise<void>;
}

/** Reads what the poll is bound to, as every device does before its voter chooses. */
export async function enterBooth(play: Play, pollId: string): Promise<Booth> {
  const params = { ...municipalityOf(play), pollId };
  const binding = bindingIn(await play.visitor.ballots.getManifest({ params }));
  const anonymous = patientClient(ballotsApi, { baseUrl: play.stack.urls.ballots });
  return {
    async vote(voter, choice) {
      const issuers = [voter.identity, voter.auditor] as const;
      const device = await certifiedDevice(binding, async (issuer, blinded) => {
        const { blindSignature } = await issuers[issuer].issueCertificate({ params, body: { blinded } });
        return blindSignature;
      });
      await anonymous.castBallot({ params: { pollId }, body: device.ballotOf(choice) });
    },
  };
}
