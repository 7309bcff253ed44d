import type { Grants } from '@talkoot/api-contracts';
import type { ResidentStore } from '../resident/resident.store.ts';
import type { GrantStore } from './grant.store.ts';

/** What each person's session token says: roles by municipality; a residence is the role `resident`. */
export async function grantsOf(
  personIds: readonly string[],
  { grants, residents }: { readonly grants: GrantStore; readonly residents: ResidentStore },
): Promise<Grants[]> {
  const claims = new Map<string, Grants>(personIds.map((id) => [id, {}]));
  const [held, homes] = await Promise.all([grants.ofPeople(personIds), residents.homesOf(personIds)]);
  const all = [...held, ...homes.map((home) => ({ ...home, role: 'resident' as const }))];
  for (const { personId, municipalityId, role } of all) {
    (claims.get(personId)![municipalityId] ??= []).push(role);
  }
  return personIds.map((id) => claims.get(id)!);
}
