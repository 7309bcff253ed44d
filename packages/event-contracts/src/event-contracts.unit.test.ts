import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Parser } from '@asyncapi/parser';
import { Ajv } from 'ajv';
import addFormatsModule from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { committedDocuments } from './committed-documents.ts';
import { allEvents, dataSchemaOf, events, payoutSettledV1, projectCommentPostedV1, topics } from './index.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}${path}`, 'utf8');
const schemaOf = (type: string) => JSON.parse(read(`schemas/${type}.json`)) as Record<string, unknown>;
const addFormats = addFormatsModule as unknown as (ajv: Ajv) => void;

const ajv = new Ajv({ strict: true, allErrors: true });
addFormats(ajv);

function validatorOf(type: string) {
  const schema = schemaOf(type);
  return ajv.getSchema(String(schema['$id'])) ?? ajv.compile(schema);
}

const facts = {
  aggregateId: 'project-1',
  aggregateVersion: 3,
  municipalityId: 'municipality-1',
  occurredAt: '2027-01-01T00:00:00.000Z',
};

describe.each(allEvents.map((event) => [event.type, event] as const))('%s', (type, event) => {
  it('has an example that both its Zod shape and its committed JSON Schema accept', () => {
    const validate = validatorOf(type);
    expect(event.envelope.parse(event.example)).toEqual(event.example);
    expect(validate(event.example) === true).toBe(true);
  });

  it('refuses in both an event without its data, of another type, or of no municipality', () => {
    const validate = validatorOf(type);
    const spoilt = [
      { ...event.example, data: undefined },
      { ...event.example, type: 'org.talkoot.other.happened.v1' },
      { ...event.example, municipalityid: undefined },
      { ...event.example, aggregateversion: 0 },
    ].map((example) => JSON.parse(JSON.stringify(example)) as unknown);
    for (const example of spoilt) {
      expect(event.envelope.safeParse(example).success).toBe(false);
      expect(validate(example)).toBe(false);
    }
  });

  it('accepts in both an optional addition that a later minor release makes', () => {
    const later = { ...event.example, data: { ...event.example.data, addedLater: 1 }, addedlater: 'x' };
    expect(event.envelope.safeParse(later).success).toBe(true);
    expect(validatorOf(type)(later)).toBe(true);
  });

  it('is named after its aggregate, in a file of its own', () => {
    expect(type).toMatch(/^org\.talkoot\.[a-z]+\.[a-z-]+\.v1$/);
    expect(readdirSync(`${root}src/${event.aggregate}`)).toContain(`${event.name}.v${event.version}.ts`);
    expect(event.example.dataschema).toBe(dataSchemaOf(type));
  });
});

describe('the contracts together', () => {
  it('has a definition for every event file, each type once', () => {
    const files = [...new Set(allEvents.map((event) => event.aggregate))].flatMap((aggregate) =>
      readdirSync(`${root}src/${aggregate}`).filter((name) => /\.v\d+\.ts$/.test(name)),
    );
    expect(files).toHaveLength(allEvents.length);
    expect(Object.keys(events)).toHaveLength(allEvents.length);
  });

  it('commits exactly the documents that the events generate', () => {
    const documents = committedDocuments();
    expect(
      readdirSync(`${root}schemas`)
        .map((name) => `schemas/${name}`)
        .toSorted(),
    ).toEqual([...documents.keys()].filter((path) => path.startsWith('schemas/')).toSorted());
    const drifted = [...documents].filter(([path, text]) => read(path) !== text);
    expect(drifted.map(([path]) => path)).toEqual([]);
  });

  it('commits a valid AsyncAPI document with every topic and event', async () => {
    const parsed = await new Parser().parse(read('asyncapi.json'), { source: `${root}asyncapi.json` });
    // The parser makes no document of one that has errors.
    expect(parsed.document).toBeDefined();
    const channels = parsed.document?.channels().all() ?? [];
    expect(channels.map((channel) => String(channel.address())).toSorted()).toEqual([...topics].toSorted());
    expect(channels.flatMap((channel) => channel.messages().all())).toHaveLength(allEvents.length);
  });
});

describe('making an event', () => {
  it('derives the id from aggregate and version, so that a retry makes the same event', () => {
    const once = projectCommentPostedV1.create({ ...facts, data: { commentId: 'c1' } });
    expect(once).toEqual(projectCommentPostedV1.create({ ...facts, data: { commentId: 'c1' } }));
    expect(once.id).toBe('project/project-1/3');
    expect(once.subject).toBe('project-1');
  });

  it('refuses a field that the contract does not name', () => {
    const data = { commentId: 'c1', author: 'Someone' };
    expect(() => projectCommentPostedV1.create({ ...facts, data })).toThrow(/author/);
  });

  it.each(['Maija Meikäläinen', 'maija@example.org', ''])('refuses %j where an opaque id belongs', (id) => {
    expect(() => projectCommentPostedV1.create({ ...facts, data: { commentId: id } })).toThrow(/commentId/);
    const about = { ...facts, aggregateId: id, data: { commentId: 'c1' } };
    expect(() => projectCommentPostedV1.create(about)).toThrow(/subject/);
  });

  it('refuses an amount that is not whole minor units', () => {
    const data = { ...payoutSettledV1.example.data, amount: { amount: 1.5, currency: 'EUR' } };
    expect(() => payoutSettledV1.create({ ...facts, data })).toThrow(/amount/);
  });

  it('refuses an EndToEndId that banks do not carry', () => {
    const data = { ...payoutSettledV1.example.data, endToEndId: '2f1c1a52-9a05-4b3a-8a55-3c9b4d0e7f10' };
    expect(() => payoutSettledV1.create({ ...facts, data })).toThrow(/endToEndId/);
  });
});
