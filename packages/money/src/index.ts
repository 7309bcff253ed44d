export { add, compare, isZero, money, moneyFromDecimal, subtract, sum, zero } from './money.ts';
export type { Money } from './money.shape.ts';
export { CurrencyShape, MoneyShape } from './money.shape.ts';
export { minorDigits } from './money.currency.ts';
export { decimalOf, formatMoney } from './money.format.ts';
export { allocate, portion } from './money.split.ts';
export { MoneyError } from './money.errors.ts';
export type { MoneyErrorCode } from './money.errors.ts';
