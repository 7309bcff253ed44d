import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { committedDocuments } from '../committed-documents.ts';
import { decideOutcome, OutcomeTermsShape } from './index.ts';
import type { OutcomeDecision, OutcomeTerms } from './index.ts';
import { MeasureShape } from './measure.shape.ts';
import { PaymentShape } from './payment.shape.ts';

const root = join(import.meta.dirname, '../..');
const folder = join(root, 'schemas/examples');
const json = (path: string) => JSON.parse(readFileSync(path, 'utf8'));

/** What each committed example comes to. */
const decided: [example: string, results: string, amount: string, reason: OutcomeDecision['reason']][] = [
  ['peterborough', 'results-cohort-1', '0.00', 'open'],
  ['peterborough', 'results-pooled', '1517600.00', 'paid'],
  ['peterborough', 'results-cohort-2-early', '1748800.00', 'paid'],
  ['utah-preschool', 'results', '266950.00', 'paid'],
  ['utah-preschool', 'results-crossing', '167400.00', 'paid'],
  ['newpin', 'results-60', '525000.00', 'paid'],
  ['newpin', 'results-61-6', '625800.00', 'paid'],
  ['newpin-rounded', 'results', '623000.00', 'paid'],
  ['dc-water', 'results', '0.00', 'nothing-due'],
  ['dc-water', 'results-edge', '0.00', 'nothing-due'],
  ['dc-water', 'results-above', '3300000.00', 'paid'],
  ['dc-water', 'results-below', '-3300000.00', 'receivable'],
  ['innovation-fund', 'results', '1988000.00', 'paid'],
  ['koto-sib', 'results', '3519060.00', 'paid'],
  ['educate-girls', 'results', '394696.78', 'return-capped'],
  // Denver's published last payments: 620,978.40 for housing and 5,104,000 for jail days.
  ['denver', 'results-first', '189952.56', 'paid'],
  ['denver', 'results-last', '5724978.40', 'paid'],
  ['massachusetts', 'results', '13688571.43', 'paid'],
  ['essex', 'results', '4656000.00', 'paid'],
  ['tyhy-sib', 'results', '85275.00', 'paid'],
  ['innovation-fund-capped', 'results', '577500.00', 'paid'],
];

const files = readdirSync(folder).flatMap((example) =>
  readdirSync(join(folder, example)).map((file) => `${example}/${file.replace('.json', '')}`),
);
const termsOf = (example: string): OutcomeTerms => json(join(folder, example, 'terms.json'));

describe('the committed examples', () => {
  it.each(decided)('%s with its %s comes to %s (%s)', (example, results, amount, reason) => {
    const decision = decideOutcome(termsOf(example), json(join(folder, example, `${results}.json`)));
    expect(decision).toMatchObject({ amount, reason });
    expect(decision.computation.at(-1)!.value).toBe(`${amount} ${decision.currency}`);
  });

  it('come to what whole cents and nothing else of ours give', () => {
    const cents = (amount: bigint, example: string, results: string) =>
      expect(`${amount / 100n}.${String(amount % 100n).padStart(2, '0')}`).toBe(
        decided.find((one) => one[0] === example && one[1] === results)![2],
      );
    const jail = ((14_000n - 9534n) * 100n * 16_000_000n) / 14_000n;
    cents((42_310n - 1240n) * 1512n + jail, 'denver', 'results-last');
    cents((12_900n - 337n) * 1512n, 'denver', 'results-first');
    // A reduction of 0.8 × 0.21 + 0.2 × 0.3 = 0.228 lies 178 of the 350 thousandths up to 22 million; in halves of a cent.
    const prison = ((178n * 2n * 2_200_000_000n) / 350n + 1n) / 2n;
    const work = 2910n * 78_900n + (929n * 65n * 75_000n) / 100n;
    cents(prison + (work > 250_000_000n ? 250_000_000n : work), 'massachusetts', 'results');
    const days = (388n * 913n * (550n - 108n)) / 1000n;
    const most = 388n * 1_200_000n;
    cents(days * 3000n > most ? most : days * 3000n, 'essex', 'results');
    // The second employer had 2.6 days less for each, and pays for 2.1.
    cents((85n * 15n + 210n * 21n) * 1500n, 'tyhy-sib', 'results');
    const each = [800n + 1400n, 8200n, 8200n - 5500n];
    cents((120n * each[0]! + 30n * each[1]! + 25n * each[2]!) * 100n, 'innovation-fund-capped', 'results');
  });

  it('are all decided here', () => {
    const named = decided.flatMap(([example, results]) => [`${example}/terms`, `${example}/${results}`]);
    expect(files.toSorted()).toEqual([...new Set(named)].toSorted());
  });

  it('use every kind of measure and payment', () => {
    const all = [...new Set(decided.map(([example]) => example))].map(termsOf);
    const kinds = (items: readonly { kind: string }[]) => new Set(items.map(({ kind }) => kind));
    const known = (shape: typeof MeasureShape | typeof PaymentShape) =>
      new Set(shape.options.map(({ shape: { kind } }) => kind.value));
    expect(kinds(all.flatMap(({ measures }) => measures))).toEqual(known(MeasureShape));
    expect(kinds(all.flatMap(({ payments }) => payments))).toEqual(known(PaymentShape));
  });
});

describe('the committed JSON Schema', () => {
  const schema = (name: string) => json(join(root, `schemas/outcome-${name}.json`));
  const validates = (name: string) => {
    const ajv = new Ajv({ strict: false });
    formats.default(ajv);
    return ajv.compile(schema(name));
  };

  it('is what the shapes say', () => {
    for (const [path, text] of committedDocuments())
      expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });

  it('accepts the examples, and refuses a field it does not know', () => {
    const [terms, results] = [validates('terms'), validates('results')];
    for (const file of files) {
      const validate = file.endsWith('/terms') ? terms : results;
      const document = json(join(folder, `${file}.json`));
      expect(validate(document), `${file}: ${JSON.stringify(validate.errors)}`).toBe(true);
      expect(validate({ ...document, amountCapp: '1' })).toBe(false);
    }
  });

  it('describes every field', () => {
    for (const name of ['terms', 'results']) expect(undescribed(schema(name))).toEqual([]);
  });

  it('carries an example of each kind that its shape accepts', () => {
    const { OutcomeMeasure, OutcomePayment } = schema('terms').definitions;
    for (const [shape, { oneOf }] of [
      [MeasureShape, OutcomeMeasure],
      [PaymentShape, OutcomePayment],
    ] as const) {
      const examples = (oneOf as { examples: { kind: string }[] }[]).map((kind) => kind.examples[0]!);
      expect(examples.map(({ kind }) => kind)).toEqual(
        shape.options.map(({ shape: { kind } }) => kind.value),
      );
      for (const example of examples) expect(shape.parse(example)).toEqual(example);
    }
  });

  it('bounds what it takes', () => {
    const terms = termsOf('dc-water');
    const many = Array.from({ length: 201 }, (_, at) => ({ ...terms.payments[0]!, id: `p-${at}` }));
    expect(OutcomeTermsShape.safeParse({ ...terms, payments: many }).success).toBe(false);
  });
});

type Schema = { description?: string; $ref?: string; allOf?: Schema[]; properties?: Record<string, Schema> };

/** Names of properties that say nothing of themselves; a kind is told by the whole of which it is the name. */
function undescribed(schema: { definitions: Record<string, Schema> }): string[] {
  const says = ({ description, $ref, allOf }: Schema): boolean =>
    description !== undefined ||
    ($ref !== undefined && says(schema.definitions[$ref.split('/').at(-1)!]!)) ||
    (allOf ?? []).some(says);
  const silentIn = (node: unknown): string[] => {
    if (typeof node !== 'object' || node === null) return [];
    const own = Object.entries((node as Schema).properties ?? {})
      .filter(([name, property]) => name !== 'kind' && !says(property))
      .map(([name]) => name);
    const below = Object.entries(node).filter(([name]) => name !== 'examples');
    return [...own, ...below.flatMap(([, value]) => silentIn(value))];
  };
  return silentIn(schema);
}
