import { z } from 'zod';
import { instant, opaqueId } from './field.ts';

/** What an event is about. Its id is the event's subject and the Kafka key. */
export type Aggregate =
  | 'pilot'
  | 'round'
  | 'project'
  | 'measurement'
  | 'poll'
  | 'obligation'
  | 'batch'
  | 'fund';

/** The four topics. Twelve partitions each, for ever: a change would move keys. */
export const topics = ['talkoot.pilots', 'talkoot.projects', 'talkoot.polls', 'talkoot.payouts'] as const;
export type Topic = (typeof topics)[number];

const homes: Record<Aggregate, { topic: Topic; source: string; prefix: string }> = {
  pilot: { topic: 'talkoot.pilots', source: '/services/projects', prefix: 'pilot' },
  round: { topic: 'talkoot.pilots', source: '/services/projects', prefix: 'round' },
  project: { topic: 'talkoot.projects', source: '/services/projects', prefix: 'project' },
  measurement: { topic: 'talkoot.projects', source: '/services/projects', prefix: 'measurement' },
  poll: { topic: 'talkoot.polls', source: '/services/ballots', prefix: 'poll' },
  obligation: { topic: 'talkoot.payouts', source: '/services/payments', prefix: 'payout' },
  batch: { topic: 'talkoot.payouts', source: '/services/payments', prefix: 'batch' },
  fund: { topic: 'talkoot.payouts', source: '/services/payments', prefix: 'fund' },
};

/**
 * A CloudEvents 1.0 event in structured JSON. `source` and `id` together are unique:
 * versions of one aggregate are counted by each service that speaks about it.
 */
export interface EventEnvelope<Data = unknown> {
  specversion: '1.0';
  /** `<aggregate>/<aggregate id>/<aggregate version>`. */
  id: string;
  /** The service that says so: `/services/projects`. */
  source: string;
  type: string;
  /** The aggregate's id. */
  subject: string;
  /** When it happened, UTC. */
  time: string;
  datacontenttype: 'application/json';
  dataschema: string;
  municipalityid: string;
  /** 1 for the first event of this aggregate from this source; it only rises. */
  aggregateversion: number;
  /** W3C trace context of the request that caused the event. */
  traceparent?: string | undefined;
  data: Data;
}

/** What a new event is made from; everything else follows from its definition. */
export interface EventFacts<Data> {
  aggregateId: string;
  aggregateVersion: number;
  municipalityId: string;
  data: Data;
  /** UTC, ISO 8601. */
  occurredAt: string;
  traceparent?: string | undefined;
  /** Only where a service other than the aggregate's home speaks. */
  source?: string | undefined;
}

/** One versioned event: its contract and how to make one. */
export interface EventDefinition<Shape extends z.ZodRawShape = z.ZodRawShape> {
  readonly aggregate: Aggregate;
  readonly name: string;
  readonly version: number;
  /** `org.talkoot.<aggregate>.<past tense>.v<n>`. */
  readonly type: string;
  readonly topic: Topic;
  readonly source: string;
  readonly description: string;
  readonly data: z.ZodObject<Shape>;
  /** Validates a received event. Unknown optional additions pass, as they may be added within a version. */
  readonly envelope: z.ZodType<EventEnvelope<z.output<z.ZodObject<Shape>>>>;
  readonly example: EventEnvelope<z.output<z.ZodObject<Shape>>>;
  /**
   * Makes an event. Stricter than `envelope`: a field the contract does not name is refused,
   * so that nothing personal rides along.
   *
   * @throws ZodError when the data does not fit the contract, or an id is not opaque.
   */
  create(facts: EventFacts<z.input<z.ZodObject<Shape>>>): EventEnvelope<z.output<z.ZodObject<Shape>>>;
}

/** A definition whose data is not known at compile time, as found by type. */
// oxlint-disable-next-line typescript/no-explicit-any -- a list of different events has no narrower element
export type AnyEventDefinition = EventDefinition<any>;

/** The data of an event definition. */
export type EventData<D extends AnyEventDefinition> = z.output<D['data']>;

/** Input of {@link defineEvent}. */
export interface EventDescription<Shape extends z.ZodRawShape> {
  aggregate: Aggregate;
  /** Past tense, kebab case. */
  name: string;
  version: number;
  data: z.ZodObject<Shape>;
  description: string;
  /** Data of a plausible event; becomes the committed example. */
  example: z.input<z.ZodObject<Shape>>;
}

/** Declares one versioned event. */
export function defineEvent<Shape extends z.ZodRawShape>(
  described: EventDescription<Shape>,
): EventDefinition<Shape> {
  const { aggregate, name, version, description, data } = described;
  const { topic, source, prefix } = homes[aggregate];
  const type = `org.talkoot.${prefix}.${name}.v${version}`;
  const strictData = data.strict();
  const envelope = envelopeOf(type, data) as unknown as EventDefinition<Shape>['envelope'];
  const create = (facts: EventFacts<z.input<z.ZodObject<Shape>>>) =>
    envelope.parse({
      ...attributes(facts, { type, source, aggregate }),
      data: strictData.parse(facts.data),
    });
  const example = create({
    aggregateId: `${aggregate}-7f3a`,
    aggregateVersion: 1,
    municipalityId: 'municipality-91',
    occurredAt: '2027-03-01T09:30:00.000Z',
    data: described.example,
  });
  return { aggregate, name, version, type, topic, source, description, data, envelope, example, create };
}

function attributes(facts: EventFacts<unknown>, by: { type: string; source: string; aggregate: Aggregate }) {
  return {
    specversion: '1.0' as const,
    id: `${by.aggregate}/${facts.aggregateId}/${facts.aggregateVersion}`,
    source: facts.source ?? by.source,
    type: by.type,
    subject: facts.aggregateId,
    time: facts.occurredAt,
    datacontenttype: 'application/json' as const,
    dataschema: dataSchemaOf(by.type),
    municipalityid: facts.municipalityId,
    aggregateversion: facts.aggregateVersion,
    ...(facts.traceparent === undefined ? {} : { traceparent: facts.traceparent }),
  };
}

/** The URI of the schema of an event's data: a part of the committed schema of that type. */
export function dataSchemaOf(type: string): string {
  return `urn:talkoot:event:${type}#/properties/data`;
}

function envelopeOf(type: string, data: z.ZodType) {
  return z.object({
    specversion: z.literal('1.0'),
    id: opaqueId,
    source: z.string().regex(/^\/services\/[a-z-]+$/),
    type: z.literal(type),
    subject: opaqueId,
    time: instant,
    datacontenttype: z.literal('application/json'),
    dataschema: z.literal(dataSchemaOf(type)),
    municipalityid: opaqueId,
    aggregateversion: z.int().positive(),
    traceparent: z
      .string()
      .regex(/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/)
      .optional(),
    data,
  });
}
