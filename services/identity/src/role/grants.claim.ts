import type { Grants } from '@talkoot/api-contracts';
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
  const claims = new Map<string, Grants>([...possible.keys()].map((id) => [id, {}]));
  for (const { personId, municipalityId, role } of [
    ...held,
    ...homes.map((home) => ({ ...home, role: 'resident' as const })),
  ]) {
    const claim = claims.get(personId);
    if (claim) (claim[municipalityId] ??= []).push(role);
  }
  return personIds.map((id) => claims.get(id) ?? null);
}
