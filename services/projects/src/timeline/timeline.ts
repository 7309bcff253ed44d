import type { TimelineEntry } from '@talkoot/api-contracts/projects';
import type { EventEnvelope } from '@talkoot/event-contracts';
import { idFrom } from '@talkoot/http-service';

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

/** The entry of an event; its id sorts the events of one subject in their order, and tells in a cursor of whom they are not. */
export function entryOf(event: EventEnvelope, about: About): TimelineDocument {
  const shown = Object.entries(event.data as Record<string, unknown>).filter(
    ([name]) => !KEPT_BACK.has(name),
  );
  return {
    _id: `${event.source} ${idFrom(event.subject, 'sub')} ${String(event.aggregateversion).padStart(9, '0')}`,
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

/** What companies and investors are paid is public; what a person gets is not. */
const PAID_IN_PUBLIC = new Set<unknown>(['contractor', 'investor']);
export const isPaidInPublic = (payeeRole: unknown): boolean => PAID_IN_PUBLIC.has(payeeRole);

/** An entry as anybody may read it: of what a person is paid only that something happened, to which role and when. */
export function publicEntry({ eventId, source, type, subject, at, data }: TimelineDocument): TimelineEntry {
  const { payeeRole } = data;
  if (!isPayout(type) || isPaidInPublic(payeeRole)) return { eventId, source, type, subject, at, data };
  return { eventId: null, source, type, subject: null, at, data: { payeeRole } };
}

const isPayout = (type: string): boolean => type.startsWith('org.talkoot.payout.');
