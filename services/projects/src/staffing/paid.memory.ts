import type { Parts } from '../parts.ts';

/** How long an answer of payments is believed, so that it is not asked at each delivery of a feed. */
const BELIEVED_MS = 60_000;
const MOST = 1_000;

/** Asks payments who is paid for a project, and remembers the answer for a minute; a failure is not remembered. */
export function paidMemory(
  { listInterested }: Parts['neighbours']['payments'],
  now: () => Date,
): (projectId: string) => Promise<readonly string[]> {
  const believed = new Map<string, { readonly until: number; readonly personIds: readonly string[] }>();
  return async (projectId) => {
    const known = believed.get(projectId);
    if (known && known.until > now().getTime()) return known.personIds;
    const { personIds } = await listInterested({ params: { projectId } });
    if (believed.size >= MOST) believed.clear();
    believed.set(projectId, { until: now().getTime() + BELIEVED_MS, personIds });
    return personIds;
  };
}
