import { allEvents, topics } from '@talkoot/event-contracts';
import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { readFile } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { messagesOf } from './personal-data/places.ts';
import type { RawMessage } from './personal-data/places.ts';
import type { RunningSystem } from './running-system.ts';

const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void;

const isTraceparent = /^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/;

interface Event {
  readonly type: string;
  readonly subject: string;
  readonly source: string;
  readonly id: string;
  readonly aggregateversion: number;
  readonly traceparent?: string;
}
interface AsyncApi {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Readonly<Record<string, unknown>> }>
  >;
}

const committed = async (path: string) =>
  JSON.parse(
    await readFile(new URL(`../../packages/event-contracts/${path}`, import.meta.url), 'utf8'),
  ) as unknown;

/** What consumers of other parties may rely on, held against what the broker really has. */
export function eventRules(system: () => RunningSystem): void {
  let messages: RawMessage[];
  let events: Event[];
  beforeAll(async () => {
    messages = await messagesOf(system().stack);
    events = messages.map(({ value }) => JSON.parse(value) as Event);
  });

  it('leaves no dead letter in a whole pilot', () => {
    expect(messages.filter(({ topic }) => !(topics as readonly string[]).includes(topic))).toEqual([]);
    expect(messages.length).toBeGreaterThan(100);
  });

  it('publishes only what the committed JSON Schema of its type accepts', async () => {
    const ajv = new Ajv({ strict: true });
    addFormats(ajv);
    const seen = new Set(events.map(({ type }) => type));
    expect(seen.size).toBeGreaterThan(20);
    for (const type of seen) ajv.addSchema((await committed(`schemas/${type}.json`)) as object, type);
    const refused = events.filter((event) => !ajv.validate(event.type, event));
    expect(refused).toEqual([]);
  });

  it('publishes each type on the topic that the AsyncAPI document names', async () => {
    const { channels } = (await committed('asyncapi.json')) as AsyncApi;
    const promised = new Map(
      Object.values(channels).flatMap(({ address, messages: ofTopic }) =>
        Object.keys(ofTopic).map((type) => [type, address] as const),
      ),
    );
    expect(promised.size).toBe(allEvents.length);
    expect(messages.filter(({ topic }, at) => promised.get(events[at]!.type) !== topic)).toEqual([]);
  });

  it('keys an event by its subject and counts its versions without a gap', () => {
    expect(messages.filter(({ key }, at) => key !== events[at]!.subject)).toEqual([]);
    const lanes = Map.groupBy(events, ({ source, id }) => `${source} ${id.slice(0, id.lastIndexOf('/'))}`);
    for (const [lane, ofLane] of lanes) {
      const versions = new Set(ofLane.map(({ aggregateversion }) => aggregateversion));
      expect([lane, Math.max(...versions)]).toEqual([lane, versions.size]);
    }
  });

  it('names the trace that each event belongs to, in the event and beside it', () => {
    const untraced = events.filter(({ traceparent }) => !isTraceparent.test(traceparent ?? ''));
    expect(untraced).toEqual([]);
    const beside = messages.map(({ headers }) => headers['traceparent']);
    expect(beside).toEqual(events.map(({ traceparent }) => traceparent));
  });
}
