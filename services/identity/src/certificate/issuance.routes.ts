import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { sealLotSeed } from '@talkoot/ballot-protocol';
import type { SealedSeed } from '@talkoot/ballot-protocol';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { randomBytes } from 'node:crypto';
import type { Identity } from '../identity.ts';
import { publishedRoll } from '../roll/roll.ts';
import type { Roll } from '../roll/roll.store.ts';
import { bindTo, requireClosable } from './issuance.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'sealLotSeed' | 'openIssuance' | 'closeIssuance' | 'getIssuanceFile' | 'getIssuanceCheckpoints'
>;

export function issuanceRoutes(identity: Identity): Routes {
  const { name, logPublicKey, rolls, issuances, issuanceLogs, witnesses, now } = identity;

  async function rollOf(pollId: string): Promise<Roll> {
    const roll = await rolls.find(pollId);
    if (!roll) throw new DomainError('not-found');
    return roll;
  }
  function requireClosed({ phase }: Roll): void {
    if (phase !== 'closed') throw new DomainError('certificates-not-closed');
  }

  return {
    async sealLotSeed(call) {
      const { pollId } = call.params;
      const { pollKey } = call.body;
      const before = await rollOf(pollId);
      if (!before.lot) await rolls.setLot(pollId, { pollKey, ...(await newSealedSeed(pollKey)) });
      const { lot } = before.lot ? before : await rollOf(pollId);
      if (!lot) throw new DomainError('certificates-closed');
      if (lot.pollKey !== pollKey) throw new DomainError('poll-key-differs');
      return { body: { commitment: lot.commitment, sealed: lot.sealed } };
    },

    async openIssuance(call) {
      const { pollId } = call.params;
      const roll = await rollOf(pollId);
      const { municipalityId } = roll;
      // A key that was changed after the roll was frozen could not sign the log that the manifest names.
      const own = { logKey: logPublicKey, lot: roll.lot, municipalityId, pollId };
      const published = { ...publishedRoll(name, roll), ...own };
      await issuanceLogs.begin(pollId, bindTo(call.body.manifest, published, witnesses));
      return { body: { pollId } };
    },

    async closeIssuance(call) {
      const { pollId } = call.params;
      requireClosable((await rollOf(pollId)).binding, now());
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

/**
 * A fresh seed of the lot. It is forgotten at once: nobody but the trustees together can ever say what it was.
 * @throws DomainError `poll-key-invalid`
 */
async function newSealedSeed(pollKey: string): Promise<SealedSeed> {
  try {
    return await sealLotSeed(Buffer.from(pollKey, 'hex'), randomBytes(32));
  } catch {
    // Of what it was given only the key can be at fault.
    throw new DomainError('poll-key-invalid');
  }
}
