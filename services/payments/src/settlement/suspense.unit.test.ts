import { describe, expect, it } from 'vitest';
import type { OutcomeContractDocument } from '../outcome/outcome.store.ts';
import type { AttemptDocument } from '../obligation/obligation.store.ts';
import type { SuspenseDocument } from './settlement.store.ts';
import { mostFee, proposalHash, requireFit } from './suspense.ts';

const item = (changes: Partial<SuspenseDocument> = {}) =>
  ({ _id: 'sus-1', way: 'out', amount: 300, currency: 'EUR', state: 'open', ...changes }) as SuspenseDocument;
const attempt = (id: string, amount: number, changes: Partial<AttemptDocument> = {}) =>
  ({
    ...{ _id: id, endToEndId: id, amount, currency: 'EUR', state: 'in-transit' },
    destination: { method: 'bank' },
    ...changes,
  }) as AttemptDocument;
const fit = (
  ...[of, resolution, around = {}]: [SuspenseDocument, Parameters<typeof requireFit>[1], object?]
) => requireFit(of, resolution, { attempts: [], other: null, contract: null, ...around });

describe('a suspense item', () => {
  const matched = (...attemptIds: string[]) => ({ as: 'matched' as const, attemptIds });
  const both = [attempt('att-a', 100), attempt('att-b', 200)];

  it('may be payments in transit that add up to it', () => {
    expect(() => fit(item(), matched('att-a', 'att-b'), { attempts: both })).not.toThrow();
  });
  it('that came in may be settled payments that came back', () => {
    const settled = both.map((one) => ({ ...one, state: 'settled' as const }));
    expect(() => fit(item({ way: 'in' }), matched('att-a', 'att-b'), { attempts: settled })).not.toThrow();
  });
  it('may be offset by another one that went the other way', () => {
    const other = item({ _id: 'sus-2', way: 'in' });
    expect(() => fit(item(), { as: 'offset', suspenseId: 'sus-2' }, { other })).not.toThrow();
  });
  it('may be none of ours, or only noted where no money moved', () => {
    expect(() => fit(item(), { as: 'not-ours' })).not.toThrow();
    expect(() => fit(item({ way: 'none', amount: null }), { as: 'noted' })).not.toThrow();
    expect(() => fit(item({ amount: 0 }), { as: 'noted' })).not.toThrow();
  });

  const returned = (fee: number, currency = 'EUR') => ({
    ...{ as: 'returned' as const, attemptId: 'att-a' },
    fee: { amount: fee, currency },
  });
  const paid = (amount: number, changes: Partial<AttemptDocument> = {}) => ({
    attempts: [attempt('att-a', amount, { state: 'settled', ...changes })],
  });
  it('that came in may be a payment that came back less the fee of a bank', () => {
    expect(() => fit(item({ way: 'in' }), returned(5), paid(305))).not.toThrow();
  });
  it('is no return less a fee when more is missing than a bank keeps', () => {
    const most = (amount: number, currency = 'EUR') => mostFee({ amount, currency });
    expect([1, 10_000, 20_000, 100_000, 9_999_999].map((one) => most(one))).toEqual([
      500, 500, 1_000, 5_000, 5_000,
    ]);
    expect(most(9_999_999, 'JPY')).toBe(50);
    const cent = (fee: number) => () => fit(item({ way: 'in', amount: 1 }), returned(fee), paid(fee + 1));
    expect(cent(999_999)).toThrow(expect.objectContaining({ code: 'fee-too-high' }));
    expect(cent(501)).toThrow(expect.objectContaining({ code: 'fee-too-high' }));
    const whole = (fee: number) => () =>
      fit(item({ way: 'in', amount: 19_000 }), returned(fee), paid(19_000 + fee));
    expect(whole(1_001)).toThrow(expect.objectContaining({ code: 'fee-too-high' }));
    expect(whole(1_000)).not.toThrow();
  });

  const receivable = { as: 'receivable' as const, contractId: 'oct-1' };
  const owing = (changes: object = {}) => ({
    contract: { currency: 'EUR', receivable: 500, received: 100, ...changes } as OutcomeContractDocument,
  });
  const inwards = item({ way: 'in' });
  const partOf = (amount: number, currency = 'EUR') => ({ ...receivable, amount: { amount, currency } });

  it('that came in may pay what a contract is owed, all of it or a part', () => {
    expect(() => fit(inwards, receivable, owing())).not.toThrow();
    expect(() => fit(inwards, receivable, owing({ receivable: 400 }))).not.toThrow();
    expect(() => fit(inwards, partOf(1), owing())).not.toThrow();
    expect(() => fit(inwards, partOf(300), owing())).not.toThrow();
  });
  const offset = { as: 'offset' as const, suspenseId: 'sus-2' };
  it.each<[string, Parameters<typeof fit>]>([
    ['payments that do not add up', [item(), matched('att-a'), { attempts: [both[0]] }]],
    ['a payment twice', [item({ amount: 200 }), matched('att-a', 'att-a'), { attempts: [both[0]] }]],
    ['a payment that is not here', [item(), matched('att-a', 'att-x'), { attempts: [both[0]] }]],
    [
      'a settled payment',
      [item({ amount: 100 }), matched('att-a'), { attempts: [attempt('att-a', 100, { state: 'settled' })] }],
    ],
    [
      'a payment in transit that came back',
      [item({ amount: 100, way: 'in' }), matched('att-a'), { attempts: [both[0]] }],
    ],
    [
      'a payment in another currency',
      [item({ amount: 100 }), matched('att-a'), { attempts: [attempt('att-a', 100, { currency: 'SEK' })] }],
    ],
    [
      'a wage, which its receipt settles',
      [
        item({ amount: 100 }),
        matched('att-a'),
        { attempts: [{ ...attempt('att-a', 100), destination: { method: 'payroll' } }] },
      ],
    ],
    ['a return of money that left', [item(), returned(5), paid(305)]],
    ['a return of a payment that is not here', [item({ way: 'in' }), returned(5)]],
    ['a return of another sum', [item({ way: 'in' }), returned(5), paid(306)]],
    ['a return with a fee of nothing', [item({ way: 'in' }), returned(0), paid(300)]],
    ['a return of more than was paid', [item({ way: 'in' }), returned(-5), paid(295)]],
    ['a return in another currency', [item({ way: 'in' }), returned(5), paid(305, { currency: 'SEK' })]],
    ['a return with a fee in another currency', [item({ way: 'in' }), returned(5, 'SEK'), paid(305)]],
    [
      'a return of what is in transit',
      [item({ way: 'in' }), returned(5), paid(305, { state: 'in-transit' })],
    ],
    [
      'a return of what came back already',
      [item({ way: 'in' }), returned(5), paid(305, { state: 'returned' })],
    ],
    [
      'a return of a wage',
      [item({ way: 'in' }), returned(5), paid(305, { destination: { method: 'payroll' } as never })],
    ],
    ['paid with money that left', [item(), receivable, owing()]],
    ['paid to a contract that is not here', [inwards, receivable]],
    ['more than a contract is owed', [inwards, receivable, owing({ receivable: 399 })]],
    ['anything to a contract that is owed nothing', [inwards, partOf(1), owing({ received: 500 })]],
    ['a payment in another currency than the contract’s', [inwards, receivable, owing({ currency: 'SEK' })]],
    ['a part in another currency', [inwards, partOf(100, 'SEK'), owing()]],
    ['a part that is more than came in', [inwards, partOf(301), owing()]],
    ['a part that is nothing, or less', [inwards, partOf(0), owing()]],
    ['another item that is gone', [item(), offset, { other: item({ way: 'in', state: 'resolved' }) }]],
    ['no other item', [item(), offset]],
    ['another item that went the same way', [item(), offset, { other: item() }]],
    ['another item of another amount', [item(), offset, { other: item({ way: 'in', amount: 299 }) }]],
    ['only a note where money moved', [item(), { as: 'noted' }]],
    ['payments where no money moved', [item({ way: 'none' }), matched('att-a'), { attempts: [both[0]] }]],
  ])('is not %s', (_, given) => {
    expect(() => fit(...given)).toThrow(expect.objectContaining({ code: 'resolution-unfit' }));
  });
  it('is resolved once', () => {
    const again = () => fit(item({ state: 'resolved' }), { as: 'not-ours' });
    expect(again).toThrow(expect.objectContaining({ code: 'suspense-resolved' }));
  });
  it('is confirmed as it was proposed', () => {
    const reason = { id: 'txt-1', sha256: 'a'.repeat(64) };
    const hashes = [
      proposalHash('sus-1', { as: 'not-ours' }, reason),
      proposalHash('sus-2', { as: 'not-ours' }, reason),
      proposalHash('sus-1', { as: 'noted' }, reason),
      proposalHash('sus-1', { as: 'not-ours' }, { ...reason, sha256: 'b'.repeat(64) }),
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});
