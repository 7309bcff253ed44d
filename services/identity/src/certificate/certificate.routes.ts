import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { signBlinded } from '@talkoot/ballot-protocol/issuer';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import type { Identity } from '../identity.ts';
import { publishedRoll } from '../roll/roll.ts';
import type { Roll } from '../roll/roll.store.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'issueCertificate' | 'getCertificateState' | 'getIssuance' | 'getRollCommitments'
>;

export function certificateRoutes({ name, rolls, issuances, custody }: Identity): Routes {
  async function rollOf(params: { municipalityId: string; pollId: string }): Promise<Roll> {
    const roll = await rolls.find(params.pollId);
    if (roll?.municipalityId !== params.municipalityId) throw new DomainError('not-found');
    return roll;
  }
  return {
    async issueCertificate(call) {
      const { pollId, modulus, sealedKey } = await rollOf(call.params);
      if (sealedKey === null) throw new DomainError('certificates-closed');
      const { id } = call.person;
      const { blinded } = call.body;
      if (!(await rolls.has(pollId, id))) throw new DomainError('not-on-roll');
      if (!isSignable(blinded, modulus)) throw new DomainError('blinded-out-of-range');
      const bytes = Buffer.from(blinded, 'hex');
      // Durable before anything is signed: whatever breaks afterwards, no second message gets a signature.
      const isFirst = await issuances.record(pollId, id, createHash('sha256').update(bytes).digest('hex'));
      if (!isFirst) throw new DomainError('certificate-already-issued');
      // About half a millisecond with opening the key: handing it to another thread and back would not pay.
      const signature = signBlinded(custody.open(pollId, sealedKey), bytes);
      return { body: { pollId, blindSignature: Buffer.from(signature).toString('hex') } };
    },

    async getCertificateState(call) {
      const { pollId, issued } = await rollOf(call.params);
      const { id } = call.person;
      const [onRoll, wasIssued] = await Promise.all([rolls.has(pollId, id), issuances.exists(pollId, id)]);
      return { body: { pollId, onRoll, issued: wasIssued, closed: issued !== null } };
    },

    async getIssuance(call) {
      const roll = await rollOf(call.params);
      return { body: { pollId: roll.pollId, ...publishedRoll(name, roll), issued: roll.issued } };
    },

    async getRollCommitments(call) {
      const { pollId } = await rollOf(call.params);
      const lines = (await rolls.commitmentsOf(pollId)).toString('hex').match(/.{64}/g) ?? [];
      return { body: lines.map((line) => `${line}\n`).join('') };
    },
  };
}

/** What RFC 9474 lets an issuer sign: numbers below the modulus, without those whose signature says nothing. */
function isSignable(blinded: string, modulus: string): boolean {
  const value = BigInt(`0x${blinded}`);
  return value >= 2n && value <= BigInt(`0x${modulus}`) - 2n;
}
