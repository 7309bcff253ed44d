import type { NewEvent } from '@talkoot/event-bus';
import { projectCommentPostedV1, type EventEnvelope } from '@talkoot/event-contracts';

/** Projects that the events are about: enough that no two transactions at once meet on one. */
const PROJECTS = 64;
const at = '2027-03-01T10:00:00.000Z';
const municipalityId = 'municipality-1';

const aggregateOf = (index: number): string => `project-${index % PROJECTS}`;
const dataOf = (index: number) => ({ commentId: `comment-${index}` });

// The bus itself is not imported: it mends kafkajs, and kafkajs alone is what it is compared with.

/** The event of this number; the same in every run. */
export const commentEvent = (index: number): NewEvent<typeof projectCommentPostedV1> => ({
  event: projectCommentPostedV1,
  aggregateId: aggregateOf(index),
  municipalityId,
  data: dataOf(index),
  occurredAt: at,
});

/** The same event as a message, for those who do without an outbox. */
export function commentMessage(index: number): { key: string; value: string } {
  const envelope = projectCommentPostedV1.create({
    aggregateId: aggregateOf(index),
    aggregateVersion: Math.floor(index / PROJECTS) + 1,
    municipalityId,
    data: dataOf(index),
    occurredAt: at,
    source: '/services/projects',
  });
  return { key: envelope.subject, value: JSON.stringify(envelope) };
}

/** The number of the event that this is. */
export function numberOf({ data }: Pick<EventEnvelope, 'data'>): number {
  return Number((data as { commentId: string }).commentId.slice('comment-'.length));
}
