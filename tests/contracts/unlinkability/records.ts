import { plain, tokensOf } from './copy.ts';
import type { Copy, Scalar } from './copy.ts';

/** A value beside a subject, with the path to it and its place among all values of the copy. */
export interface Found {
  readonly path: string;
  readonly value: Scalar;
  readonly place: number;
}

/** What stands beside one subject and no other, in one document, message or line. */
export interface Beside {
  readonly subject: number;
  readonly copy: string;
  readonly values: readonly Found[];
}

/** Ids by which a ballot or a voter can be recognised: hashes and keys; ids of a person at both issuers. */
export interface Subject {
  readonly handles: readonly string[];
}

interface Seen {
  readonly subjects: ReadonlySet<number>;
  readonly values: readonly Found[];
}

const nobody: ReadonlySet<number> = new Set();
/** What names so many rows is no name of anybody. */
const mostRows = 60;
const shortestName = 8;
const rounds = 3;

/** All copies, searchable by what is named in them. */
export class Library {
  readonly #rows: { readonly copy: string; readonly row: unknown; readonly start: number }[] = [];
  readonly #naming = new Map<string, number[]>();

  constructor(copies: readonly Copy[]) {
    for (const copy of copies) {
      let place = 0;
      for (const row of copy.rows) {
        const at = this.#rows.push({ copy: copy.name, row, start: place }) - 1;
        place = this.#index(row, at, place);
      }
    }
  }

  /** Numbers the values of a row on from `place`, and notes what is named in it. */
  #index(value: unknown, at: number, place: number): number {
    const read = plain(value);
    if (read === null) return place + 1;
    if (isScalar(read)) {
      for (const token of tokensOf(read)) {
        const rows = this.#naming.get(token) ?? [];
        if (rows.at(-1) !== at && rows.length <= mostRows) rows.push(at);
        this.#naming.set(token, rows);
      }
      return place + 1;
    }
    let next = place;
    for (const [, one] of entriesOf(read)) next = this.#index(one, at, next);
    return next;
  }

  /**
   * What stands beside each subject, also by way of what names it alone: a random id beside one ballot leads to the
   * line of a log that has it too.
   */
  beside(subjects: readonly Subject[]): Beside[] {
    const owners = new Map<string, number>();
    subjects.forEach(({ handles }, subject) =>
      handles.flatMap(tokensOf).forEach((token) => owners.set(token, subject)),
    );
    let found = this.#read(owners);
    for (let round = 1; round < rounds; round += 1) {
      const known = owners.size;
      for (const [token, subject] of namesIn(found)) if (!owners.has(token)) owners.set(token, subject);
      if (owners.size === known) break;
      found = this.#read(owners);
    }
    return found;
  }

  #read(owners: ReadonlyMap<string, number>): Beside[] {
    const rows = new Set<number>();
    for (const token of owners.keys()) {
      const naming = this.#naming.get(token) ?? [];
      if (naming.length <= mostRows) naming.forEach((at) => rows.add(at));
    }
    return [...rows]
      .toSorted((one, other) => one - other)
      .flatMap((at) => {
        const { copy, row, start } = this.#rows[at]!;
        const found: Beside[] = [];
        const reading = new Reading(owners, start, (subject, values) =>
          found.push({ subject, copy, values }),
        );
        reading.row(row);
        return found;
      });
  }
}

/** Reads one row: its largest parts that tell of one subject only. */
class Reading {
  readonly #owners: ReadonlyMap<string, number>;
  readonly #tell: (subject: number, values: readonly Found[]) => void;
  #place: number;

  constructor(
    owners: ReadonlyMap<string, number>,
    start: number,
    tell: (subject: number, values: readonly Found[]) => void,
  ) {
    this.#owners = owners;
    this.#place = start;
    this.#tell = tell;
  }

  row(row: unknown): void {
    this.#tellIfOne(this.#visit(row, ''));
  }

  #tellIfOne({ subjects, values }: Seen): void {
    if (subjects.size === 1) this.#tell([...subjects][0]!, values);
  }

  #visit(value: unknown, path: string): Seen {
    const read = plain(value);
    if (read === null) {
      this.#place += 1;
      return { subjects: nobody, values: [] };
    }
    if (isScalar(read)) {
      const named = tokensOf(read).flatMap((token) => this.#owners.get(token) ?? []);
      return { subjects: new Set(named), values: [{ path, value: read, place: this.#place++ }] };
    }
    const parts = entriesOf(read).map(([name, one]) => this.#visit(one, `${path}.${name}`));
    const subjects = new Set(parts.flatMap((part) => [...part.subjects]));
    if (subjects.size <= 1) return { subjects, values: parts.flatMap(({ values }) => values) };
    parts.forEach((part) => this.#tellIfOne(part));
    return { subjects, values: [] };
  }
}

const isScalar = (value: unknown): value is Scalar => typeof value !== 'object' || value instanceof Date;

/** Members of an object by name; elements of a list have no name. */
const entriesOf = (value: unknown): (readonly [string, unknown])[] =>
  Array.isArray(value) ? value.map((one) => ['', one] as const) : Object.entries(value as object);

/** Tokens that stand beside one subject only, in a field that others have as well. */
function namesIn(found: readonly Beside[]): Map<string, number> {
  const fields = fieldsOf(found);
  const names = new Map<string, number>();
  const shared = new Set<string>();
  for (const { subject, copy, values } of found) {
    for (const { path, value } of values) {
      if (fields.get(`${copy}${path}`)!.size < fewestSubjects) continue;
      for (const token of tokensOf(value)) {
        if (token.length < shortestName) continue;
        if ((names.get(token) ?? subject) !== subject) shared.add(token);
        names.set(token, subject);
      }
    }
  }
  shared.forEach((token) => names.delete(token));
  return names;
}
/** What only some have betrays none of them to a test of chance, and may be the name of a poll. */
const fewestSubjects = 5;

function fieldsOf(found: readonly Beside[]): Map<string, Set<number>> {
  const fields = new Map<string, Set<number>>();
  for (const { subject, copy, values } of found) {
    for (const { path } of values) {
      const subjects = fields.get(`${copy}${path}`) ?? new Set();
      fields.set(`${copy}${path}`, subjects.add(subject));
    }
  }
  return fields;
}
