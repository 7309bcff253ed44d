import { DomainError } from '@talkoot/http-service';
import { Schema } from 'mongoose';
import type { ClientSession, Connection } from 'mongoose';
import type { Identifier, IdentifierHashes } from './identifier.ts';
import { newPersonId } from './person.id.ts';
import { recognise } from './recognition.ts';
import type { KnownPerson, Recognition } from './recognition.ts';

interface PersonDocument {
  _id: string;
  /** Keyed hashes, `<key id>:<hash>`. */
  identifiers: string[];
  seen: boolean;
}

const schema = new Schema<PersonDocument>(
  { _id: String, identifiers: [String], seen: Boolean },
  { versionKey: false, collection: 'people' },
);
schema.index({ identifiers: 1 }, { unique: true });

/** Most identifiers asked for in one query. */
const BATCH = 2_000;

export function personStore(connection: Connection, hashes: IdentifierHashes) {
  const people = connection.model<PersonDocument>('Person', schema);

  async function find(identifiers: readonly string[], session: ClientSession): Promise<KnownPerson[]> {
    const rows: KnownPerson[] = [];
    for (let at = 0; at < identifiers.length; at += BATCH) {
      const some = identifiers.slice(at, at + BATCH);
      const found = await people.find({ identifiers: { $in: some } }, null, { session }).lean();
      rows.push(...found.map(({ _id, ...rest }) => ({ id: _id, ...rest })));
    }
    return rows;
  }

  async function save(recognition: Recognition, seen: boolean, session: ClientSession): Promise<string> {
    if (recognition.outcome === 'conflict') throw new DomainError('people-conflict');
    const identifiers = [...recognition.identifiers];
    if (recognition.outcome === 'new') {
      const _id = newPersonId();
      await people.insertMany([{ _id, identifiers, seen }], { session });
      return _id;
    }
    const { person } = recognition;
    if (recognition.outcome === 'merge')
      await people.deleteOne({ _id: recognition.absorbed.id }, { session });
    const set = { identifiers, seen: person.seen || seen };
    await people.updateOne({ _id: person.id }, { $set: set }, { session });
    return person.id;
  }

  return {
    /** Finds the people meant by one set of identifiers. */
    async recognise(wanted: readonly Identifier[], session: ClientSession): Promise<Recognition> {
      return recognise(wanted, await find(wanted.flatMap(hashes.all), session), hashes);
    },

    /** Stores what was recognised and returns the person's id. */
    save,

    /**
     * The ids of many people, each named by their identifiers; makes those who are missing.
     * @throws DomainError `people-conflict` when one set of identifiers means two people.
     */
    async ensureMany(wanted: readonly (readonly Identifier[])[], session: ClientSession): Promise<string[]> {
      const known = new Map<string, KnownPerson>();
      const remember = (person: KnownPerson) =>
        person.identifiers.forEach((identifier) => known.set(identifier, person));
      (
        await find(
          wanted.flatMap((one) => one.flatMap(hashes.all)),
          session,
        )
      ).forEach(remember);
      const inserts = new Map<string, KnownPerson>();
      const updates = new Map<string, KnownPerson>();
      const ids = wanted.map((one) => {
        const found = new Set(one.flatMap(hashes.all).flatMap((hash) => known.get(hash) ?? []));
        const recognition = recognise(one, [...found], hashes);
        if (recognition.outcome === 'conflict' || recognition.outcome === 'merge') {
          throw new DomainError('people-conflict');
        }
        const { identifiers } = recognition;
        if (recognition.outcome === 'new') {
          const person = { id: newPersonId(), identifiers, seen: false };
          inserts.set(person.id, person);
          remember(person);
          return person.id;
        }
        const before = recognition.person;
        if (identifiers.join() !== before.identifiers.join()) {
          const person = { ...before, identifiers };
          (inserts.has(person.id) ? inserts : updates).set(person.id, person);
          remember(person);
        }
        return before.id;
      });
      await insert([...inserts.values()], session);
      await update([...updates.values()], session);
      return ids;
    },

    async exists(id: string): Promise<boolean> {
      return (await people.exists({ _id: id })) !== null;
    },

    /** How many of these ids are people. */
    count: (ids: readonly string[]) => people.countDocuments({ _id: { $in: [...new Set(ids)] } }),
  };

  async function insert(persons: readonly KnownPerson[], session: ClientSession): Promise<void> {
    const documents = persons.map(({ id, identifiers, seen }) => ({
      _id: id,
      identifiers: [...identifiers],
      seen,
    }));
    if (documents.length > 0) await people.collection.insertMany(documents as never[], { session });
  }

  async function update(persons: readonly KnownPerson[], session: ClientSession): Promise<void> {
    const writes = persons.map(({ id, identifiers }) => ({
      updateOne: { filter: { _id: id }, update: { $set: { identifiers: [...identifiers] } } },
    }));
    if (writes.length > 0) await people.bulkWrite(writes as never, { session });
  }
}
export type PersonStore = ReturnType<typeof personStore>;
