import { payoutSettledV1 } from '@talkoot/event-contracts';
import type { EventEnvelope } from '@talkoot/event-contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { queued } from './delivery.queue.ts';
import type { Before } from './delivery.queue.ts';
import type { DeliveryDocument } from './delivery.store.ts';

const now = new Date('2027-05-01T10:00:00Z');
const nothing: Before = {
  endpointId: 'whk-1',
  types: [payoutSettledV1.type],
  present: [],
  tails: [],
  againBefore: null,
};
const eventOf = (subject: string, version: number): EventEnvelope => ({
  ...payoutSettledV1.example,
  id: `obligation/${subject}/${version}`,
  subject,
  aggregateversion: version,
});

/** Obligations and how many events each has, mixed as an outbox mixes them. */
const events = fc
  .array(fc.integer({ min: 0, max: 4 }), { maxLength: 40 })
  .map((subjects) =>
    subjects.map((subject, at) =>
      eventOf(`obl-${subject}`, subjects.slice(0, at).filter((one) => one === subject).length + 1),
    ),
  );

/** Follows each obligation's deliveries from the one that goes first. */
function sent(documents: readonly DeliveryDocument[]): string[] {
  const byId = new Map(documents.map((one) => [one._id, one]));
  const heads = documents.filter(({ state }) => state === 'waiting');
  return heads.flatMap((head) => {
    const line: string[] = [];
    for (let one: DeliveryDocument | undefined = head; one; one = byId.get(one.next ?? ''))
      line.push(one.eventId);
    return line;
  });
}

describe('events queued for an endpoint', () => {
  it('all go, one obligation’s one after another in their order', () => {
    fc.assert(
      fc.property(events, (told) => {
        const { documents, links } = queued(told, nothing, now);
        expect(links.size).toBe(0);
        const order = sent(documents);
        expect(order.toSorted()).toEqual(told.map(({ id }) => id).toSorted());
        for (const subject of new Set(told.map((one) => one.subject))) {
          const own = (ids: string[]) => ids.filter((id) => id.startsWith(`obligation/${subject}/`));
          expect(own(order)).toEqual(own(told.map(({ id }) => id)));
        }
      }),
    );
  });

  it('go behind what is not accepted yet', () => {
    const before = queued([eventOf('obl-1', 1)], nothing, now).documents;
    const next = queued([eventOf('obl-1', 2), eventOf('obl-2', 1)], { ...nothing, tails: before }, now);
    expect(next.links).toEqual(new Map([[before[0]!._id, 'whk-1/obligation/obl-1/2']]));
    expect(next.documents.map(({ state }) => state)).toEqual(['behind', 'waiting']);
  });

  it('leave out types that were not asked for', () => {
    expect(queued([eventOf('obl-1', 1)], { ...nothing, types: [] }, now).documents).toEqual([]);
  });

  it('are not queued twice; a replay queues again what has ended before it was asked for', () => {
    const [waiting] = queued([eventOf('obl-1', 1)], nothing, now).documents;
    const later = new Date(now.getTime() + 1);
    const again = (present: DeliveryDocument, againBefore: Date | null) =>
      queued([eventOf('obl-1', 1)], { ...nothing, present: [present], againBefore }, later).documents.length;
    const delivered = { ...waiting!, state: 'delivered' as const };
    expect(again(waiting!, later)).toBe(0);
    expect(again(delivered, null)).toBe(0);
    expect(again(delivered, later)).toBe(1);
    expect(again({ ...waiting!, state: 'given-up' }, later)).toBe(1);
    // Told while the replay runs.
    expect(again(delivered, now)).toBe(0);
  });
});
