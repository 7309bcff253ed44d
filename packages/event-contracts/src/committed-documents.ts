import { asyncApiOf } from './asyncapi.ts';
import { jsonSchemaOf } from './json-schema.ts';
import { allEvents } from './registry.ts';

/** Every document that is generated from the events and committed, by its path in this package. */
export function committedDocuments(): Map<string, string> {
  const documents = new Map<string, string>();
  for (const event of allEvents) documents.set(`schemas/${event.type}.json`, asText(jsonSchemaOf(event)));
  documents.set('asyncapi.json', asText(asyncApiOf(allEvents)));
  return documents;
}

const asText = (document: unknown) => `${JSON.stringify(document, null, 2)}\n`;
