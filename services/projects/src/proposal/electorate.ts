import type { Charter } from '@talkoot/api-contracts/projects';
import { DomainError } from '@talkoot/http-service';
import type { Neighbours } from '../parts.ts';

/** How long an answer of identity is believed: a resident who moves away keeps endorsing for that long. */
const BELIEVED_MS = 30_000;
const MOST = 10_000;

export interface Eligibility {
  /** @throws DomainError `not-eligible` */
  require(municipalityId: string, personId: string, electorate: Charter['electorate']): Promise<void>;
}

/** Asks identity whether a person is in the electorate, and remembers a yes for a short while. */
export function eligibilityFrom(identity: Neighbours['identity'], now: () => Date): Eligibility {
  const believed = new Map<string, number>();
  return {
    async require(municipalityId, personId, { minimumAge, districts }) {
      const query = { minimumAge, districts: districts.join(',') };
      const key = JSON.stringify([municipalityId, personId, query]);
      if ((believed.get(key) ?? 0) > now().getTime()) return;
      const answer = await identity.checkPerson({ params: { municipalityId, personId }, query });
      if (!answer.eligible) throw new DomainError('not-eligible');
      if (believed.size >= MOST) believed.clear();
      believed.set(key, now().getTime() + BELIEVED_MS);
    },
  };
}
