import type { IdentityApi } from '@talkoot/api-contracts/identity';
import { DomainError, once } from '@talkoot/http-service';
import type { Handlers } from '@talkoot/http-service';
import { DateTime } from 'luxon';
import type { Identity } from '../identity.ts';
import { despiteRivals } from '../person/rivals.ts';
import { districtsIn, eligibilityAt, isEligible } from './eligibility.ts';
import { readRegister } from './register.csv.ts';

type Routes = Pick<
  Handlers<IdentityApi>,
  'importResidents' | 'getResidentCount' | 'getElectorate' | 'checkPerson'
>;

export function residentRoutes({
  connection,
  people,
  residents,
  grants,
  municipalities,
  now,
}: Identity): Routes {
  const boundsOf = async (municipalityId: string, query: { minimumAge: number; districts: string }) => {
    const zone = await municipalities.zoneOf(municipalityId);
    const rule = { minimumAge: query.minimumAge, districts: districtsIn(query.districts) };
    return eligibilityAt(rule, now(), zone);
  };
  return {
    async importResidents(call) {
      const { municipalityId } = call.params;
      const zone = await municipalities.zoneOf(municipalityId);
      const file = readRegister(call.body, DateTime.fromJSDate(now(), { zone }).toISODate()!);
      if ('errors' in file) throw new DomainError('register-invalid', undefined, file.errors);
      const { rows } = file;
      const wanted = rows.map(({ nationalId }) => ({
        identifiers: [{ kind: 'national-id', value: nationalId } as const],
        home: municipalityId,
      }));
      const ids = await despiteRivals(() => people.ensureMany(wanted));
      const residences = rows.map(({ nationalId: _, ...residence }, index) => ({
        personId: ids[index]!,
        ...residence,
      }));
      const body = await once(connection, call, async (session) => {
        const complete = call.query.complete === 'true';
        const counts = await residents.putMany(municipalityId, residences, complete, session);
        return { rows: rows.length, ...counts };
      });
      return { body };
    },

    async getResidentCount(call) {
      return { body: { residents: await residents.count(call.params.municipalityId) } };
    },

    async getElectorate(call) {
      const { municipalityId } = call.params;
      const bounds = await boundsOf(municipalityId, call.query);
      return { body: { eligible: await residents.countEligible(municipalityId, bounds) } };
    },

    async checkPerson(call) {
      const { municipalityId, personId } = call.params;
      const bounds = await boundsOf(municipalityId, call.query);
      const residence = await residents.find(municipalityId, personId);
      const granted = await grants.rolesOf(municipalityId, personId);
      return {
        body: {
          personId,
          roles: residence ? [...granted, 'resident' as const] : granted,
          eligible: residence !== null && isEligible(residence, bounds),
        },
      };
    },
  };
}
