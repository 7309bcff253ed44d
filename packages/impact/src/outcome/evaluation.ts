import type { Fraction } from 'fraction.js';
import type { Line } from '../computation.ts';
import { exactOf, shown, signOf, zero } from '../exact.ts';
import { holdsAll } from './condition.ts';
import { measured } from './measure.formula.ts';
import type { Formula } from './measure.formula.ts';
import { OutcomeError } from './outcome.errors.ts';
import { lineOf } from './payment.line.ts';
import type { Payment } from './payment.shape.ts';
import type { Reading, Value } from './reading.ts';
import type { OutcomeResults } from './results.shape.ts';
import type { OutcomeTerms } from './terms.shape.ts';

export interface Evaluation {
  readonly lines: readonly { readonly payment: Payment; readonly value: Value }[];
  readonly computation: readonly Line[];
}

/** All measures, then all payments, each once: a measure that waits for an early payment has it computed first. */
export function evaluate(terms: OutcomeTerms, results: OutcomeResults): Evaluation {
  const reading = readingOf(terms, results);
  for (const { id } of terms.measures) reading.valueOf(id);
  const lines = terms.payments.map((payment) => ({ payment, value: reading.lineOf(payment.id) }));
  return { lines, computation: [...reading.measureLines, ...reading.paymentLines] };
}

/** What earlier decisions paid on a payment. */
export const paidEarlier =
  ({ paidBefore = {} }: Pick<OutcomeResults, 'paidBefore'>) =>
  (paymentId: string): Fraction =>
    Object.hasOwn(paidBefore, paymentId) ? exactOf(paidBefore[paymentId]!) : zero;

interface Memory extends Reading {
  readonly lineOf: (paymentId: string) => Value;
  readonly measureLines: readonly Line[];
  readonly paymentLines: readonly Line[];
}

/** Reading computes what it is asked for, and remembers it. Terms are acyclic, so it ends. */
function readingOf(terms: OutcomeTerms, { inputs, participants = {}, ...earlier }: OutcomeResults): Memory {
  const values = new Map<string, Value>();
  for (const { id } of terms.inputs) values.set(id, inputs[id] == null ? null : exactOf(inputs[id]));
  const lines = new Map<string, Value>();
  const measureLines: Line[] = [];
  const paymentLines: Line[] = [];
  const measureOf = (id: string) => terms.measures.find((one) => one.id === id);
  const before = paidEarlier(earlier);

  const reading: Memory = {
    measureLines,
    paymentLines,
    valueOf(operand) {
      if (!/^[a-z]/.test(operand)) return exactOf(operand);
      if (!values.has(operand)) {
        const measure = measureOf(operand)!;
        const { value, expression } = bounded(operand, measured(measure, reading));
        values.set(operand, value);
        measureLines.push(lineFor(`${operand} (${measure.title})`, expression, value));
      }
      return values.get(operand)!;
    },
    payableOf: (measureId) => reading.valueOf(measureOf(measureId)!.payable!.count!),
    participantsOf: (paymentId) => participants[paymentId] ?? null,
    holds: (conditions) => holdsAll(conditions, reading.valueOf),
    paid(paymentId) {
      const value = reading.lineOf(paymentId);
      if (signOf(before(paymentId)) !== 0) return true;
      return value === null ? null : signOf(value) !== 0;
    },
    paidBefore: before,
    lineOf(paymentId) {
      if (!lines.has(paymentId)) {
        const payment = terms.payments.find(({ id }) => id === paymentId)!;
        const { value, expression, steps = [] } = bounded(paymentId, lineOf(payment, reading));
        lines.set(paymentId, value);
        paymentLines.push(...steps, lineFor(`${paymentId} (${payment.title})`, expression, value));
      }
      return lines.get(paymentId)!;
    },
  };
  return reading;
}

const longest = 10n ** 500n;

/** Exact values of values of values can grow without end. @throws OutcomeError `number-too-long` */
function bounded(id: string, formula: Formula): Formula {
  const { value } = formula;
  if (value && (value.n >= longest || value.d >= longest)) throw new OutcomeError('number-too-long', id);
  return formula;
}

function lineFor(label: string, expression: string, value: Fraction | null): Line {
  return { label, expression, value: value === null ? 'open' : shown(value) };
}
