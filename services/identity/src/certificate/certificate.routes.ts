import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { rollCommitment } from '@talkoot/ballot-protocol';
import { signBlinded } from '@talkoot/ballot-protocol/issuer';
import { DomainError } from '@talkoot/http-service';
import type { Handlers, Logger } from '@talkoot/http-service';
import { createHash } from 'node:crypto';
import type { Identity } from '../identity.ts';
import type { Desk } from './desk.ts';
import { requireOpen } from './issuance.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'issueCertificate' | 'issueDeskCertificate' | 'getCertificateState'
>;

/** One blinded message, and through which channel it came. */
interface Asked {
  readonly municipalityId: string;
  readonly pollId: string;
  readonly personId: string;
  readonly desk: Desk | null;
  readonly blinded: string;
}

export function certificateRoutes(identity: Identity): Routes {
  const { rolls, issuances, desks, issuanceLogs, custody, people } = identity;

  /** @throws DomainError, everything by which a certificate is refused */
  async function issue({ personId, desk, blinded, ...place }: Asked, log: Logger) {
    const { pollId } = place;
    const roll = await rolls.findIn(place);
    requireOpen(roll.phase);
    const entry = await rolls.entryOf(pollId, personId);
    if (!entry) throw new DomainError('not-on-roll');
    if (!entry.salt) throw new DomainError('certificates-closed');
    if (!isSignable(blinded, roll.modulus)) throw new DomainError('blinded-out-of-range');
    await issuanceLogs.requireCurrent(roll);
    if (desk && !(await desks.admit(pollId, desk))) throw new DomainError('too-many-desks');
    const bytes = Buffer.from(blinded, 'hex');
    const issuance = {
      desk: desk?.desk ?? null,
      blindedSha256: createHash('sha256').update(bytes).digest('hex'),
    };
    // Durable before anything is signed: whatever breaks afterwards, no second message gets a signature.
    const isFirst = await issuances.record(pollId, personId, issuance, rollCommitment(entry.salt, personId));
    if (!isFirst) throw new DomainError('certificate-already-issued');
    // Read after the record: if the key is still there, closing comes later and puts the record into the log.
    const key = await rolls.sealedKeyOf(pollId);
    if (!key) throw new DomainError('certificates-closed');
    issuanceLogs.follow(roll, log);
    // About half a millisecond with opening the key: handing it to another thread and back would not pay.
    const signature = signBlinded(custody.openKey(pollId, key), bytes);
    return { body: { pollId, blindSignature: Buffer.from(signature).toString('hex') } };
  }

  return {
    issueCertificate: (call) =>
      issue({ ...call.params, personId: call.person.id, desk: null, blinded: call.body.blinded }, call.log),

    async issueDeskCertificate(call) {
      const { nationalId, blinded } = call.body;
      const desk = { desk: call.params.desk, by: call.person.id };
      // Whom nobody knows is on no roll either.
      const personId = (await people.findByNationalId(nationalId)) ?? '';
      return issue({ ...call.params, personId, desk, blinded }, call.log);
    },

    async getCertificateState(call) {
      const { pollId, phase } = await rolls.findIn(call.params);
      const { id } = call.person;
      const [entry, issuance] = await Promise.all([rolls.entryOf(pollId, id), issuances.find(pollId, id)]);
      const salt = entry?.salt;
      // What still waits when all is closed was recorded too late, and nothing was signed for it.
      const isIssued = issuance !== null && !(phase === 'closed' && issuance.isWaiting);
      return {
        body: {
          pollId,
          onRoll: entry !== null,
          issued: isIssued,
          desk: isIssued ? issuance.desk : null,
          closed: phase === 'closing' || phase === 'closed',
          entry: salt ? { id, salt: hex(salt), rollValue: hex(rollCommitment(salt, id)) } : null,
        },
      };
    },
  };
}

/** What RFC 9474 lets an issuer sign: numbers below the modulus, without those whose signature says nothing. */
function isSignable(blinded: string, modulus: string): boolean {
  const value = BigInt(`0x${blinded}`);
  return value >= 2n && value <= BigInt(`0x${modulus}`) - 2n;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
