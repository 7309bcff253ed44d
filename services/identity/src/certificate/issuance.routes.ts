import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Identity } from '../identity.ts';
import { publishedRoll } from '../roll/roll.ts';
import type { Roll } from '../roll/roll.store.ts';
import { bindTo } from './issuance.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'openIssuance' | 'closeIssuance' | 'revealLotSeed' | 'getIssuanceFile' | 'getIssuanceCheckpoints'
>;

export function issuanceRoutes(identity: Identity): Routes {
  const { name, logPublicKey, rolls, issuances, issuanceLogs, witnesses, custody } = identity;

  async function rollOf(pollId: string): Promise<Roll> {
    const roll = await rolls.find(pollId);
    if (!roll) throw new DomainError('not-found');
    return roll;
  }
  function requireClosed({ phase }: Roll): void {
    if (phase !== 'closed') throw new DomainError('certificates-not-closed');
  }

  return {
    async openIssuance(call) {
      const { pollId } = call.params;
      const roll = await rollOf(pollId);
      const { municipalityId } = roll;
      // A key that was changed after the roll was frozen could not sign the log that the manifest names.
      const published = { ...publishedRoll(name, roll), logKey: logPublicKey, municipalityId, pollId };
      await issuanceLogs.begin(pollId, bindTo(call.body.manifest, published, witnesses));
      return { body: { pollId } };
    },

    async closeIssuance(call) {
      const { pollId } = call.params;
      // The key goes first: whatever is interrupted afterwards, nothing is signed any more.
      await rolls.beginClosing(pollId);
      let roll = await rollOf(pollId);
      while (roll.phase !== 'closed') {
        const issued = await issuanceLogs.finish(roll);
        await rolls.close(pollId, issued, await issuances.deskTotals(pollId));
        roll = await rollOf(pollId);
      }
      return { body: { pollId, issued: roll.issued!, desks: [...roll.desks] } };
    },

    async revealLotSeed(call) {
      const { pollId } = call.params;
      requireClosed(await rollOf(pollId));
      const seed = custody.openSeed(pollId, (await rolls.sealedSeedOf(pollId))!);
      return { body: { pollId, seed: Buffer.from(seed).toString('hex') } };
    },

    async getIssuanceFile(call) {
      const roll = await rolls.findIn(call.params);
      requireClosed(roll);
      return { body: await issuances.logged(roll.pollId) };
    },

    async getIssuanceCheckpoints(call) {
      const roll = await rolls.findIn(call.params);
      return { body: new TextDecoder().decode(await issuanceLogs.archive(roll)) };
    },
  };
}
