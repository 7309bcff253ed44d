import { topics, type AnyEventDefinition, type Topic } from './define-event.ts';

const keptFor: Record<Topic, string> = {
  'talkoot.pilots': 'kept for 30 days',
  'talkoot.projects': 'kept for 30 days',
  'talkoot.polls': 'kept for 30 days',
  'talkoot.payouts': 'kept for ever',
};

/** `talkoot.payouts` → `payouts`: the name of a channel in the document. */
const channelName = (topic: Topic) => topic.slice(topic.indexOf('.') + 1);

/** The AsyncAPI 3.0 document: which messages are on which topic, by reference to the committed schemas. */
export function asyncApiOf(events: readonly AnyEventDefinition[]): Record<string, unknown> {
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'Talkoot events',
      version: '1.0.0',
      description:
        'CloudEvents 1.0 in structured JSON. Delivered at least once, in the order of each subject; ' +
        'source and id together are unique. Data carries opaque ids, amounts, codes and instants only.',
    },
    defaultContentType: 'application/cloudevents+json',
    channels: Object.fromEntries(topics.map((topic) => [channelName(topic), channelOf(topic, events)])),
    operations: Object.fromEntries(
      topics.map((topic) => [`publish-${channelName(topic)}`, publishing(topic)]),
    ),
    components: {
      messages: Object.fromEntries(events.map((event) => [event.type, messageOf(event)])),
    },
  };
}

function channelOf(topic: Topic, events: readonly AnyEventDefinition[]) {
  const messages = events
    .filter((event) => event.topic === topic)
    .map((event) => [event.type, { $ref: `#/components/messages/${event.type}` }]);
  return {
    address: topic,
    description: `12 partitions, keyed by subject, ${keptFor[topic]}.`,
    messages: Object.fromEntries(messages),
  };
}

function publishing(topic: Topic) {
  return { action: 'send', channel: { $ref: `#/channels/${channelName(topic)}` } };
}

function messageOf(event: AnyEventDefinition) {
  return {
    name: event.type,
    title: event.type,
    summary: event.description,
    contentType: 'application/cloudevents+json',
    payload: { $ref: `./schemas/${event.type}.json` },
    examples: [{ payload: event.example }],
  };
}
