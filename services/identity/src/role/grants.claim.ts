import type { Grants, Role } from '@talkoot/api-contracts';
import type { PersonStore } from '../person/person.store.ts';
import type { ResidentStore } from '../resident/resident.store.ts';
import type { GrantStore } from './grant.store.ts';

export interface ClaimStores {
  readonly people: PersonStore;
  readonly grants: GrantStore;
  readonly residents: ResidentStore;
}

/**
 * What each person's session token says: roles by municipality; a residence is the role `resident`. Null for whom
 * nobody knows.
 */
export async function grantsOf(
  personIds: readonly string[],
  { people, grants, residents }: ClaimStores,
): Promise<(Grants | null)[]> {
  const possible = await people.homesOf(personIds);
  const asked = [...possible].flatMap(([personId, homes]) =>
    homes.map((municipalityId) => ({ personId, municipalityId })),
  );
  const [held, homes] = await Promise.all([grants.ofPeople(personIds), residents.livingIn(asked)]);
  // By a map, as a municipality may be called `constructor`.
  const claims = new Map([...possible.keys()].map((id) => [id, new Map<string, Role[]>()]));
  for (const { personId, municipalityId, role } of [
    ...held,
    ...homes.map((home) => ({ ...home, role: 'resident' as const })),
  ]) {
    const claim = claims.get(personId);
    claim?.set(municipalityId, [...(claim.get(municipalityId) ?? []), role]);
  }
  return personIds.map((id) => {
    const claim = claims.get(id);
    return claim ? Object.fromEntries(claim) : null;
  });
}
