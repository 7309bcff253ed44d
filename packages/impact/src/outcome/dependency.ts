import type { Measure } from './measure.shape.ts';
import { OutcomeError } from './outcome.errors.ts';
import type { Payment } from './payment.shape.ts';
import type { OutcomeTerms } from './terms.shape.ts';

/** What one measure or payment is computed from. */
export interface Dependencies {
  readonly id: string;
  /** Inputs and measures. */
  readonly values: readonly string[];
  readonly payments: readonly string[];
}

const isName = (operand: string | undefined): operand is string =>
  operand !== undefined && /^[a-z]/.test(operand);

export function dependenciesOf({ measures, payments }: OutcomeTerms): Dependencies[] {
  return [
    ...measures.map((measure) => ({
      id: measure.id,
      values: [...operandsOf(measure), measure.assessed?.count, measure.payable?.count].filter(isName),
      payments: 'items' in measure ? measure.items.map(({ unlessPaid }) => unlessPaid).filter(isName) : [],
    })),
    ...payments.map((payment) => ({
      id: payment.id,
      values: [
        ...conditionsOf(payment).map(({ measure }) => measure),
        ...amountOperands(payment),
        ...[payment.cap?.amount].filter(isName),
      ],
      payments: [],
    })),
  ];
}

const conditionsOf = (payment: Payment) => [
  ...(payment.when ?? []),
  ...(payment.kind === 'anchors' ? (payment.floor?.when ?? []) : []),
];

function operandsOf(measure: Measure): string[] {
  switch (measure.kind) {
    case 'value':
      return [measure.of];
    case 'difference':
      return [measure.of, measure.minus];
    case 'relativeReduction':
      return [measure.observed, measure.comparison];
    case 'ratio':
      return [measure.of, measure.by];
    case 'achievement':
      return [measure.estimate, measure.target];
    case 'product':
      return measure.factors;
    case 'sum':
      return measure.items.map(({ value }) => value);
    case 'weightedMean':
      return measure.items.flatMap(({ value, weight }) => [value, weight]);
  }
}

/** The inputs and measures that say how much a payment is, by id; its conditions say only whether. */
export function amountOperands(payment: Payment): string[] {
  return operandsIn(payment).filter(isName);
}

function operandsIn(payment: Payment): (string | undefined)[] {
  switch (payment.kind) {
    case 'fixed':
      return [payment.amount];
    case 'tiers':
      return [payment.measure, payment.base, ...payment.tiers.map(({ pays }) => pays)];
    case 'anchors':
      return [payment.measure, payment.base];
    case 'tariff':
      return [payment.tariff, payment.count];
    case 'rateCard':
      return payment.rates.map(({ tariff }) => tariff);
    case 'saving':
      return [payment.measure, payment.heads, payment.share];
    case 'waterfall':
      return [payment.amount, ...payment.steps.map(({ until }) => until)];
  }
}

/** @throws OutcomeError `terms-circular` */
export function requireAcyclic(all: readonly Dependencies[]): void {
  const byId = new Map(all.map((one) => [one.id, one]));
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (path.includes(id)) throw new OutcomeError('terms-circular', [...path, id].join(' → '));
    const found = byId.get(id);
    if (!found || done.has(id)) return;
    for (const next of [...found.values, ...found.payments]) visit(next, [...path, id]);
    done.add(id);
  };
  for (const { id } of all) visit(id, []);
}
