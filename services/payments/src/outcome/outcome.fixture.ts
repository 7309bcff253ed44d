import type { OutcomeTerms } from '@talkoot/impact/outcome';

const pupils = { of: 'pupils' };
const common = { assessed: pupils, payable: pupils, rounding: 'none' as const };

/** A fund is paid for fewer sick days and pays for more; a provider is paid for jobs, partly by the state. */
export function contractTerms(change: Partial<OutcomeTerms> = {}): OutcomeTerms {
  const job = { kind: 'tariff' as const, payee: 'provider', count: 'jobs' };
  const most = (amount: string) => ({ cap: { amount, over: 'contract' as const } });
  return {
    title: 'Healthy school food',
    currency: 'EUR',
    inputs: [
      { id: 'fewer', title: 'Fewer sick days than in other schools', unit: 'percent' },
      { id: 'jobs', title: 'Parents who found work', unit: 'people', min: '0' },
    ],
    measures: [{ kind: 'value', id: 'reduction', title: 'Fewer sick days', of: 'fewer', ...common }],
    payments: [
      {
        ...{ kind: 'tiers', id: 'health', title: 'Fewer sick days', payer: 'municipality', payee: 'fund' },
        ...{ measure: 'reduction', ...most('3000') },
        tiers: [
          { to: { at: '0', included: false }, pays: '-1000' },
          { from: { at: '0', included: true }, to: { at: '10', included: false }, pays: '0' },
          { from: { at: '10', included: true }, pays: '3000' },
        ],
      },
      { ...job, id: 'jobs-local', title: 'Jobs', payer: 'municipality', tariff: '200', ...most('2000') },
      { ...job, id: 'jobs-state', title: 'Jobs, top-up', payer: 'state', tariff: '100' },
    ],
    amountCap: { amount: '5000', over: 'contract' },
    rounding: 'half-even',
    ...change,
  };
}
