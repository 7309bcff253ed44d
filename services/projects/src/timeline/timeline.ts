import type { EventEnvelope } from '@talkoot/event-contracts';

/** One event as the timeline keeps it, with what it is about. */
export interface TimelineDocument {
  _id: string;
  municipalityId: string;
  source: string;
  eventId: string;
  type: string;
  subject: string;
  pilotId: string | null;
  roundId: string | null;
  projectId: string | null;
  data: Record<string, unknown>;
  at: string;
}

export type About = Pick<TimelineDocument, 'pilotId' | 'roundId' | 'projectId'>;

/** What an event says about where it belongs; the rest follows from earlier events of the same subject. */
export function statedIn(event: EventEnvelope): About {
  const data = event.data as Record<string, unknown>;
  const id = (name: string) => (typeof data[name] === 'string' ? data[name] : null);
  const aggregate = event.id.slice(0, event.id.indexOf('/'));
  const own = (kind: string) => (aggregate === kind ? event.subject : null);
  return {
    pilotId: own('pilot') ?? id('pilotId'),
    roundId: own('round') ?? id('roundId'),
    projectId: own('project') ?? id('projectId'),
  };
}

/** Who is paid is shown by role; where the money is booked is for finance systems. */
const KEPT_BACK = new Set(['payeeId', 'endToEndId', 'costCentre', 'account', 'vatCode']);

/** The entry of an event; its id sorts the events of one subject in their order. */
export function entryOf(event: EventEnvelope, about: About): TimelineDocument {
  const shown = Object.entries(event.data as Record<string, unknown>).filter(
    ([name]) => !KEPT_BACK.has(name),
  );
  return {
    _id: `${event.source} ${event.subject} ${String(event.aggregateversion).padStart(9, '0')}`,
    municipalityId: event.municipalityid,
    source: event.source,
    eventId: `${event.source} ${event.id}`,
    type: event.type,
    subject: event.subject,
    ...about,
    data: Object.fromEntries(shown),
    at: event.time,
  };
}
