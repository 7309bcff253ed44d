import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Identity } from '../identity.ts';
import { despiteRivals } from '../person/rivals.ts';
import { eligibilityAt } from '../resident/eligibility.ts';
import { rollOf } from './roll.ts';

type Routes = Pick<Handlers<IdentityApi>, 'freezeRoll' | 'closeIssuance'>;

export function rollRoutes({ connection, residents, municipalities, rolls, issuances }: Identity): Routes {
  return {
    async freezeRoll(call) {
      const { pollId } = call.params;
      const { municipalityId, excluded, asOf, ...rule } = call.body;
      const zone = await municipalities.zoneOf(municipalityId);
      const bounds = eligibilityAt(rule, new Date(asOf), zone);
      const freeze = () =>
        inTransaction(connection, async (session) => {
          const before = await rolls.find(pollId, session);
          if (before) return { roll: before.roll, excluded: before.excluded };
          const eligible = await residents.listEligible(municipalityId, bounds, session);
          const roll = rollOf(eligible, excluded);
          await rolls.freeze({ pollId, municipalityId, excluded: roll.excluded }, roll.people, session);
          return { roll: roll.people.length, excluded: roll.excluded };
        });
      return { body: { pollId, ...(await despiteRivals(freeze)) } };
    },

    async closeIssuance(call) {
      const { pollId } = call.params;
      if (!(await rolls.find(pollId))) throw new DomainError('not-found');
      const closed = await rolls.close(pollId, await issuances.count(pollId));
      await issuances.forgetSealed(pollId);
      return { body: { pollId, issued: closed!.issued! } };
    },
  };
}
