import { rebuildProjection, startConsumer } from '@talkoot/event-bus';
import type { EventConsumer, EventHandler, EventHandlers } from '@talkoot/event-bus';
import { allEvents, topics } from '@talkoot/event-contracts';
import type { Logger } from '@talkoot/http-service';
import type { Connection } from 'mongoose';
import { entryOf, statedIn } from './timeline.ts';
import type { About } from './timeline.ts';
import type { TimelineStore } from './timeline.store.ts';

export const OWN_SOURCE = '/services/projects';

/** Puts every event that belongs to a project, a round or a pilot on the timeline. */
export function timelineHandlers(timeline: TimelineStore): EventHandlers {
  const put: EventHandler = async (event, session) => {
    const stated = statedIn(event);
    const known = isWhole(stated) ? null : await timeline.aboutSubject(session, event.subject);
    await timeline.put(session, entryOf(event, aboutOf(known, stated)));
  };
  return Object.fromEntries(allEvents.map(({ type }) => [type, put]));
}

const isWhole = (about: About) => about.projectId !== null && about.pilotId !== null;
const NOWHERE: About = { pilotId: null, roundId: null, projectId: null };

function withoutNulls(about: About): Partial<About> {
  return Object.fromEntries(Object.entries(about).filter(([, id]) => id !== null));
}
const aboutOf = (known: About | null, stated: About): About => ({
  ...NOWHERE,
  ...known,
  ...withoutNulls(stated),
});

export interface TimelineOptions {
  readonly connection: Connection;
  readonly brokers: readonly string[];
  readonly timeline: TimelineStore;
  readonly log: Logger;
}

export interface Timeline {
  health(): ReturnType<EventConsumer['health']>;
  /** Builds the timelines anew: own events from the outbox, those of other services from the start of their topics. */
  rebuild(): Promise<number>;
  stop(): Promise<void>;
}

/** Keeps the timelines from the events of all services. */
export async function startTimeline(options: TimelineOptions): Promise<Timeline> {
  const { connection, timeline } = options;
  const handlers = timelineHandlers(timeline);
  // A new group reads the topics from their beginning, so each rebuild gets one.
  const groupOf = (generation: number) => `projects-timeline-${generation}`;
  const start = (generation: number) =>
    startConsumer({ ...options, groupId: groupOf(generation), topics: [...topics], handlers });
  let consumer = start(await timeline.generation());
  const rebuild = async () => {
    await consumer.stop();
    const generation = await timeline.nextGeneration();
    try {
      const clear = () => timeline.clear(OWN_SOURCE);
      const groupId = groupOf(generation);
      return await rebuildProjection({ connection, outboxes: [connection], groupId, handlers, clear });
    } finally {
      consumer = start(generation);
    }
  };
  let running: Promise<number> | null = null;
  return {
    health: () => consumer.health(),
    stop: () => consumer.stop(),
    // Two at a time would leave a consumer behind: whoever asks meanwhile gets the outcome of the one that runs.
    rebuild: () => (running ??= rebuild().finally(() => (running = null))),
  };
}
