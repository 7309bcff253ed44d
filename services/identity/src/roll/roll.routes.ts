import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { DomainError, inTransaction } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import type { Identity } from '../identity.ts';
import { despiteRivals } from '../person/rivals.ts';
import { eligibilityAt } from '../resident/eligibility.ts';
import type { ResidentStore } from '../resident/resident.store.ts';
import { commitTo, publishedRoll, rollOf } from './roll.ts';

type Routes = Pick<Handlers<IdentityApi>, 'freezeRoll' | 'getIssuance' | 'getRollFile'>;

export function rollRoutes({
  name,
  organisation,
  logPublicKey,
  connection,
  residents,
  municipalities,
  rolls,
  custody,
}: Identity): Routes {
  return {
    async freezeRoll(call) {
      const { pollId } = call.params;
      const { municipalityId, excluded, excludedReferences, asOf, ...rule } = call.body;
      const zone = await municipalities.zoneOf(municipalityId);
      const bounds = eligibilityAt(rule, new Date(asOf), zone);
      const left = await leftOut(residents, municipalityId, { excluded, excludedReferences });
      const before = await rolls.find(pollId);
      const key = before ? null : await custody.newKey(pollId);
      const freeze = () =>
        inTransaction(connection, async (session) => {
          const rival = await rolls.find(pollId, session);
          if (rival || !key) return rival;
          const eligible = await residents.listEligible(municipalityId, bounds, session);
          const roll = rollOf(eligible, left.personIds);
          const commitments = commitTo(roll.people);
          const own = { pollId, municipalityId, organisation, logKey: logPublicKey };
          return rolls.freeze({ ...own, ...roll, commitments, key }, session);
        });
      const roll = before ?? (await despiteRivals(freeze))!;
      return { body: { pollId, ...publishedRoll(name, roll), excludedReferences: left.references } };
    },

    async getIssuance(call) {
      const roll = await rolls.findIn(call.params);
      return { body: { pollId: roll.pollId, ...publishedRoll(name, roll), issued: roll.issued } };
    },

    async getRollFile(call) {
      const { pollId } = await rolls.findIn(call.params);
      return { body: await rolls.commitmentsOf(pollId) };
    },
  };
}

/**
 * Who is left out of a roll, under both names that issuers know them by. Who is not in the register is on no roll.
 * @throws DomainError `reference-missing`, `reference-unknown`: nobody stays on a roll unnoticed
 */
async function leftOut(
  residents: ResidentStore,
  municipalityId: string,
  asked: { readonly excluded: readonly string[]; readonly excludedReferences: readonly string[] },
): Promise<{ readonly personIds: readonly string[]; readonly references: string[] }> {
  const named = await residents.findMany(municipalityId, asked.excluded);
  if (named.some(({ reference }) => !reference)) throw new DomainError('reference-missing');
  const referred = await residents.findReferred(municipalityId, asked.excludedReferences);
  if (referred.length !== new Set(asked.excludedReferences).size) throw new DomainError('reference-unknown');
  const all = [...named, ...referred];
  return {
    personIds: all.map(({ personId }) => personId),
    references: all.map(({ reference }) => reference).toSorted(),
  };
}
