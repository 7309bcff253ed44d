import { DomainError } from '@talkoot/http-service';
import { money, moneyFromDecimal, MoneyError } from '@talkoot/money';
import type { Money } from '@talkoot/money';
import type { XmlElement } from './xml.reading.ts';

/** Children of that name in the parent's own namespace. */
export function childrenOf(parent: XmlElement, name: string): readonly XmlElement[] {
  return parent.children.filter((one) => one.name === name && one.namespace === parent.namespace);
}

/** The one element at the end of a path, if it is there. @throws DomainError `bank-file-invalid` where there are two */
export function find(parent: XmlElement, ...path: readonly string[]): XmlElement | undefined {
  let at: XmlElement | undefined = parent;
  for (const name of path) {
    if (!at) return undefined;
    const [first, ...others] = childrenOf(at, name);
    if (others.length > 0) throw invalid(path, 'is there more than once');
    at = first;
  }
  return at;
}

/** @throws DomainError `bank-file-invalid` unless it is there */
export function need(parent: XmlElement, ...path: readonly string[]): XmlElement {
  const found = find(parent, ...path);
  if (!found) throw invalid([parent.name, ...path], 'is missing');
  return found;
}

/** Text of at most 35 characters, as every identification in these messages has. */
export function idAt(parent: XmlElement, ...path: readonly string[]): string | undefined {
  const text = find(parent, ...path)?.text;
  if (text === undefined || text === '') return undefined;
  if (text.length > 35) throw invalid([parent.name, ...path], 'is longer than 35 characters');
  return text;
}

export function needId(parent: XmlElement, ...path: readonly string[]): string {
  const text = idAt(parent, ...path);
  if (text === undefined) throw invalid([parent.name, ...path], 'is missing');
  return text;
}

/** An `Amt` with its `Ccy`. @throws DomainError `bank-file-invalid` unless it is an exact amount of a known currency */
export function amountOf(element: XmlElement): Money {
  const currency = element.attributes['Ccy'] ?? '';
  // What xs:decimal allows and a person would not write.
  const text = element.text
    .replace(/^\+/, '')
    .replace(/^\.(?=\d)/, '0.')
    .replace(/(?<=\d)\.$/, '');
  try {
    const { amount } = moneyFromDecimal(text, currency);
    if (amount < 0) throw invalid([element.name], 'is below zero');
    return money(amount, currency);
  } catch (error) {
    if (error instanceof MoneyError) throw invalid([element.name], error.code);
    throw error;
  }
}

export const invalid = (path: readonly string[], message: string): DomainError =>
  new DomainError('bank-file-invalid', undefined, [{ at: path.join('/').slice(0, 200), message }]);
