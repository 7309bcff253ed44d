import type { Beside, Found } from './records.ts';

/** Something beside subjects by which they can be put in order. */
export interface Source {
  readonly name: string;
  /** Sources of one kind can be compared with each other by size; text only with itself. */
  readonly kind: string;
  /** Least and greatest value beside a subject. */
  readonly values: ReadonlyMap<number, readonly [Sortable, Sortable]>;
}
export type Sortable = number | string;

type Reading = readonly [kind: string, value: Sortable];

/** Every field of every store, and the place in it, wherever they differ from subject to subject. */
export function sourcesOf(found: readonly Beside[]): Source[] {
  const sources = new Map<
    string,
    { name: string; kind: string; values: Map<number, [Sortable, Sortable]> }
  >();
  const note = (name: string, [kind, value]: Reading, subject: number) => {
    const key = `${name} as ${kind}`;
    const source = sources.get(key) ?? { name: key, kind, values: new Map() };
    sources.set(key, source);
    const known = source.values.get(subject);
    if (!known) source.values.set(subject, [value, value]);
    else if (value < known[0]) known[0] = value;
    else if (value > known[1]) known[1] = value;
  };
  for (const { subject, copy, values } of found) {
    for (const one of values) {
      note(copy, [`place in ${copy}`, one.place], subject);
      for (const reading of readingsOf(one)) note(`${copy}${one.path}`, reading, subject);
    }
  }
  return [...sources.values()].filter(({ values }) => differ(values));
}

const differ = (values: ReadonlyMap<number, readonly [Sortable, Sortable]>) =>
  new Set([...values.values()].map(([least]) => least)).size > 1;

/** All that a value can be taken for. */
function readingsOf({ value }: Found): Reading[] {
  if (value instanceof Date) return [['time', value.getTime()]];
  if (typeof value === 'number') return [['number', value], ...timesIn(value)];
  const readings: Reading[] = [['text', value], ...timesInText(value)];
  // Of `poll/17` the 17; of many numbers the last, as ids end in their counter.
  const counter = /(\d{1,15})\D*$/.exec(value);
  if (counter && value.length < 200) readings.push(['number', Number(counter[1])]);
  return readings;
}

function timesInText(text: string): Reading[] {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return [['time', Date.parse(text)]];
  if (/^[0-9a-f]{24}$/.test(text)) return timesIn(Number.parseInt(text.slice(0, 8), 16));
  if (/^[0-9a-f]{8}-[0-9a-f]{4}-[17]/.test(text)) {
    return timesIn(Number.parseInt(text.replaceAll('-', '').slice(0, 12), 16));
  }
  return /^\d{10,19}$/.test(text) ? timesIn(Number(text)) : [];
}

/** Seconds, milli-, micro- or nanoseconds of this decade and the next. */
function timesIn(value: number): Reading[] {
  for (const scale of [1_000, 1, 1e-3, 1e-6]) {
    const time = value * scale;
    if (time > 1.6e12 && time < 2.3e12) return [['time', time]];
  }
  return [];
}
