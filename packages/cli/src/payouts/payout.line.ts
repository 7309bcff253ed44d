import type { PayoutEvent } from './payout.event.ts';

/** `org.talkoot.payout.settled.v1` → `settled`. */
const stateOf = ({ type }: PayoutEvent) => type.split('.').at(-2) ?? type;

/** A payout event on one line, for people. */
export function payoutLine(event: PayoutEvent): string {
  const { data } = event;
  return [
    event.time,
    stateOf(event).padEnd(10),
    amountText(data.amount).padStart(14),
    data.obligationId,
    data.payeeRole,
    `year ${data.fiscalYear}`,
    `account ${data.costCentre}/${data.account}/${data.vatCode}`,
    ...(data.batchId ? [data.batchId] : []),
    ...(data.endToEndId ? [`endToEnd ${data.endToEndId}`] : []),
    ...(data.reasonCode ? [`reason ${data.reasonCode}`] : []),
  ].join('  ');
}

/** The same on one line, for programs. */
export function payoutJson(event: PayoutEvent): string {
  const { id, source, time, municipalityid, data } = event;
  return JSON.stringify({ state: stateOf(event), time, municipalityId: municipalityid, ...data, source, id });
}

/** Minor units as decimal text, without passing through a float: 1250 EUR → `12.50 EUR`. */
export function amountText({ amount, currency }: PayoutEvent['data']['amount']): string {
  const style = { style: 'currency', currency } as const;
  const digits = new Intl.NumberFormat('en', style).resolvedOptions().maximumFractionDigits ?? 2;
  const units = Math.abs(amount)
    .toString()
    .padStart(digits + 1, '0');
  const whole = units.slice(0, units.length - digits);
  const minor = digits > 0 ? `.${units.slice(-digits)}` : '';
  return `${amount < 0 ? '-' : ''}${whole}${minor} ${currency}`;
}
