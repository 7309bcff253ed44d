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
  homes: string[];
}

const schema = new Schema<PersonDocument>(
  { _id: String, identifiers: [String], seen: Boolean, homes: [String] },
  { versionKey: false, collection: 'people' },
);
schema.index({ identifiers: 1 }, { unique: true });

/** Most documents asked for or written at once. */
const BATCH = 2_000;

const personOf = ({ _id, ...rest }: PersonDocument): KnownPerson => ({ id: _id, ...rest });
const documentOf = ({ id, identifiers, seen, homes }: KnownPerson) => ({
  _id: id,
  identifiers: [...identifiers],
  seen,
  homes: [...homes],
});

export function personStore(connection: Connection, hashes: IdentifierHashes) {
  const people = connection.model<PersonDocument>('Person', schema);

  async function find(identifiers: readonly string[], session?: ClientSession): Promise<KnownPerson[]> {
    const rows: KnownPerson[] = [];
    for (const some of batches(identifiers)) {
      const found = await people
        .find({ identifiers: { $in: [...some] } }, null, session ? { session } : {})
        .lean();
      rows.push(...found.map(personOf));
    }
    return rows;
  }

  async function write(added: readonly KnownPerson[], changed: readonly KnownPerson[]): Promise<void> {
    for (const some of batches(added)) await people.collection.insertMany(some.map(documentOf) as never[]);
    for (const some of batches(changed)) {
      const writes = some.map(({ id, identifiers, homes }) => ({
        updateOne: {
          filter: { _id: id },
          update: { $set: { identifiers: [...identifiers], homes: [...homes] } },
        },
      }));
      await people.bulkWrite(writes);
    }
  }

  return {
    /** Finds the people meant by one set of identifiers. */
    async recognise(wanted: readonly Identifier[], session: ClientSession): Promise<Recognition> {
      return recognise(wanted, await find(wanted.flatMap(hashes.all), session), hashes);
    },

    /**
     * Stores what was recognised and returns the person's id.
     * @throws DomainError `people-conflict`
     */
    async save(recognition: Recognition, seen: boolean, session: ClientSession): Promise<string> {
      if (recognition.outcome === 'conflict') throw new DomainError('people-conflict');
      const identifiers = [...recognition.identifiers];
      if (recognition.outcome === 'new') {
        const _id = newPersonId();
        await people.insertMany([{ _id, identifiers, seen, homes: [] }], { session });
        return _id;
      }
      const { person } = recognition;
      const absorbed = recognition.outcome === 'merge' ? recognition.absorbed : null;
      if (absorbed) await people.deleteOne({ _id: absorbed.id }, { session });
      const homes = [...new Set([...person.homes, ...(absorbed?.homes ?? [])])];
      const set = { identifiers, seen: person.seen || seen, homes };
      await people.updateOne({ _id: person.id }, { $set: set }, { session });
      return person.id;
    },

    /**
     * The ids of many people, each named by their identifiers and the municipality they may live in; makes those who
     * are missing. It is no transaction: a person without residence and role means nothing yet.
     * @throws DomainError `people-conflict` when one set of identifiers means two people.
     */
    async ensureMany(
      wanted: readonly { readonly identifiers: readonly Identifier[]; readonly home: string | null }[],
    ): Promise<string[]> {
      const known = new Map<string, KnownPerson>();
      const remember = (one: KnownPerson) => one.identifiers.forEach((hash) => known.set(hash, one));
      (await find(wanted.flatMap((one) => one.identifiers.flatMap(hashes.all)))).forEach(remember);
      const added = new Map<string, KnownPerson>();
      const changed = new Map<string, KnownPerson>();
      const ids = wanted.map(({ identifiers, home }) => {
        const found = new Set(identifiers.flatMap(hashes.all).flatMap((hash) => known.get(hash) ?? []));
        const before = recognise(identifiers, [...found], hashes);
        if (before.outcome === 'conflict' || before.outcome === 'merge')
          throw new DomainError('people-conflict');
        const old = before.outcome === 'known' ? before.person : null;
        const homes = home === null || old?.homes.includes(home) ? [] : [home];
        const person: KnownPerson = {
          id: old?.id ?? newPersonId(),
          identifiers: before.identifiers,
          seen: old?.seen ?? false,
          homes: [...(old?.homes ?? []), ...homes],
        };
        if (!old || added.has(person.id)) added.set(person.id, person);
        else if (!isSame(old, person)) changed.set(person.id, person);
        remember(person);
        return person.id;
      });
      await write([...added.values()], [...changed.values()]);
      return ids;
    },

    /** The id of whoever has this national id. */
    async findByNationalId(value: string): Promise<string | null> {
      const [found] = await find(hashes.all({ kind: 'national-id', value }));
      return found?.id ?? null;
    },

    async exists(id: string): Promise<boolean> {
      return (await people.exists({ _id: id })) !== null;
    },

    /** Municipalities in which people may live; the register decides whether they do. Unknown people have none. */
    async homesOf(ids: readonly string[]): Promise<Map<string, readonly string[]>> {
      const found = await people.find({ _id: { $in: [...new Set(ids)] } }, { homes: 1 }).lean();
      return new Map(found.map(({ _id, homes }) => [_id, homes]));
    },
  };
}
export type PersonStore = ReturnType<typeof personStore>;

function* batches<T>(all: readonly T[]): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += BATCH) yield all.slice(at, at + BATCH);
}

function isSame(a: KnownPerson, b: KnownPerson): boolean {
  return a.identifiers.join() === b.identifiers.join() && a.homes.join() === b.homes.join();
}
