import { z } from 'zod';
import type { AnyEventDefinition } from './define-event.ts';

/**
 * The JSON Schema (draft 7, as AsyncAPI uses) of a whole event. Fields it does not name are allowed:
 * optional ones may be added within a version, and an old schema must still accept them.
 */
export function jsonSchemaOf(event: AnyEventDefinition): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(event.envelope, { target: 'draft-7', io: 'input' });
  return {
    $schema,
    $id: `urn:talkoot:event:${event.type}`,
    title: event.type,
    description: event.description,
    ...schema,
    examples: [event.example],
  };
}
