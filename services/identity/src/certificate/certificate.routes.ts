import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { DomainError } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Identity } from '../identity.ts';
import type { Roll } from '../roll/roll.store.ts';
import { newCertificate } from './certificate.ts';
import { openCertificate, sealCertificate } from './seal.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'issueCertificate' | 'getCertificateState' | 'getIssuance' | 'listCertificateKeys'
>;

export function certificateRoutes({ rolls, issuances, certificateKey }: Identity): Routes {
  async function rollOf(params: { municipalityId: string; pollId: string }): Promise<Roll> {
    const roll = await rolls.find(params.pollId);
    if (roll?.municipalityId !== params.municipalityId) throw new DomainError('not-found');
    return roll;
  }
  return {
    async issueCertificate(call) {
      const { pollId } = await rollOf(call.params).then((roll) => {
        if (roll.issued !== null) throw new DomainError('certificates-closed');
        return roll;
      });
      const place = { pollId, personId: call.person.id };
      if (!(await rolls.has(pollId, place.personId))) throw new DomainError('not-on-roll');
      const certificate = newCertificate(pollId, certificateKey);
      const { retrySecret } = call.body;
      const sealed = sealCertificate(certificate, retrySecret, place);
      if (await issuances.record(pollId, place.personId, sealed)) return { body: { pollId, certificate } };
      const before = await issuances.sealedOf(pollId, place.personId);
      const issued = before && openCertificate(before, retrySecret, place);
      if (!issued) throw new DomainError('certificate-already-issued');
      return { body: { pollId, certificate: issued } };
    },

    async getCertificateState(call) {
      const { pollId, issued } = await rollOf(call.params);
      const { id } = call.person;
      const [onRoll, wasIssued] = await Promise.all([rolls.has(pollId, id), issuances.exists(pollId, id)]);
      return { body: { pollId, onRoll, issued: wasIssued, closed: issued !== null } };
    },

    async getIssuance(call) {
      const { pollId, roll, excluded, issued } = await rollOf(call.params);
      return { body: { pollId, roll, excluded, issued } };
    },

    async listCertificateKeys() {
      const { keyId, publicKey } = certificateKey;
      return { body: { keys: [{ keyId, algorithm: 'Ed25519' as const, publicKey }] } };
    },
  };
}
