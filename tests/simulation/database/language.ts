import { Aggregator } from 'mingo/aggregator';
import { Context, evalExpr } from 'mingo/core';
import * as accumulator from 'mingo/operators/accumulator';
import * as expression from 'mingo/operators/expression';
import * as pipeline from 'mingo/operators/pipeline';
import * as projection from 'mingo/operators/projection';
import * as query from 'mingo/operators/query';
import type { Options } from 'mingo/types';
import { Query } from 'mingo/query';
import { copyOf, type Document } from './document.ts';
import { MongoInvalid } from './refusals.ts';

/** mingo's `$max` of a list answers null where a field is missing; MongoDB leaves it out. */
const mended = {
  $max: (document: unknown, values: unknown, given: Options) =>
    (values as unknown[])
      .map((one) => evalExpr(document as never, one as never, given) as number | Date | null | undefined)
      .filter((one) => one !== null && one !== undefined)
      .reduce((most, one) => (one > most ? one : most)),
};

/** MongoDB's language of filters, expressions and updates, as far as services speak it: mingo's, with what it gets wrong mended. */
const options: Partial<Options> = compiledOptions();

/** mingo copies its hundreds of operators for each filter, unless it is given options that it made itself. */
function compiledOptions(): Partial<Options> {
  let compiled: Partial<Options> = {};
  const keep = (_field: string, _value: unknown, given: Options) => {
    compiled = given;
    return () => true;
  };
  const context = Context.init({
    accumulator,
    expression: { ...expression, $max: mended.$max },
    pipeline,
    projection,
    query,
  });
  void new Query({ _id: { $keep: true } }, { context: context.addQueryOps({ $keep: keep as never }) });
  return compiled;
}

/** Whether a document fits a filter. */
export function matcherOf(filter: Document): (document: Document) => boolean {
  const compiled = new Query(filter, options);
  return (document) => compiled.test(document);
}

export interface FindOptions {
  readonly sort?: Readonly<Record<string, 1 | -1>> | undefined;
  readonly limit?: number | undefined;
  readonly skip?: number | undefined;
  readonly projection?: Document | undefined;
}

/** Sorted, cut and projected, and nothing shared with what was given. */
export function shown(documents: Document[], { sort, limit, skip, projection }: FindOptions): Document[] {
  if (!sort && !skip && !projection) return documents.slice(0, limit || undefined).map(copyOf);
  let cursor = new Query<Document>({}, options).find<Document>(documents, projection ?? {});
  if (sort) cursor = cursor.sort(sort);
  if (skip) cursor = cursor.skip(skip);
  if (limit) cursor = cursor.limit(limit);
  return cursor.all().map((one) => copyOf(one));
}

export function aggregated(documents: Document[], stages: readonly Document[]): Document[] {
  const made = new Aggregator(stages as Document[], options).run<Document>(documents.map(copyOf));
  return made.map((one) => copyOf(one));
}

export type Update = Document | readonly Document[];

/** The document after an update: a modifier, or a pipeline of `$set` and `$unset`. */
export function updated(before: Document, update: Update, isInsert = false): Document {
  const document = copyOf(before);
  if (Array.isArray(update)) for (const stage of update as Document[]) applyStage(document, stage);
  else {
    for (const [operator, fields] of Object.entries(update)) {
      if (operator === '$setOnInsert' && !isInsert) continue;
      const change = modifiers[operator];
      if (!change) throw new MongoInvalid(`update with ${operator}`);
      for (const [path, value] of Object.entries(fields as Document)) change(document, path, copyOf(value));
    }
  }
  return copyOf(document);
}

function applyStage(document: Document, stage: Document): void {
  const [[operator, fields]] = Object.entries(stage) as [[string, Document]];
  if (operator !== '$set') throw new MongoInvalid(`pipeline update with ${operator}`);
  const values = Object.entries(fields).map(
    ([path, value]) => [path, evalExpr(document as never, value as never, options as Options)] as const,
  );
  for (const [path, value] of values) put(document, path, value);
}

const modifiers: Readonly<Record<string, (document: Document, path: string, value: unknown) => void>> = {
  $set: put,
  $setOnInsert: put,
  $unset: (document, path) => {
    const [parent, field] = placeOf(document, path);
    delete parent[field];
  },
  $inc: (document, path, value) => put(document, path, Number(at(document, path) ?? 0) + Number(value)),
  $max: (document, path, value) => {
    const now = at(document, path);
    if (now === undefined || (value as number) > (now as number)) put(document, path, value);
  },
  $push: (document, path, value) => {
    const { $each: several } = Object(value) as { $each?: unknown[] };
    put(document, path, [...((at(document, path) ?? []) as unknown[]), ...(several ?? [value])]);
  },
  $addToSet: (document, path, value) => {
    const set = (at(document, path) ?? []) as unknown[];
    const isIn = set.some((one) => JSON.stringify(one) === JSON.stringify(value));
    put(document, path, isIn ? set : [...set, value]);
  },
};

function placeOf(document: Document, path: string): [Document, string] {
  const parts = path.split('.');
  const field = parts.pop()!;
  const parent = parts.reduce<Document>((into, part) => (into[part] ??= {}) as Document, document);
  return [parent, field];
}

function put(document: Document, path: string, value: unknown): void {
  const [parent, field] = placeOf(document, path);
  parent[field] = value;
}

function at(document: Document, path: string): unknown {
  const [parent, field] = placeOf(document, path);
  return parent[field];
}
