import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { endToEndIdOf, obligationIdsOf } from '../obligation/obligation.ts';
import { newPayee } from '../payee/payee.ts';
import type { Payee } from '../payee/payee.ts';
import { createVault } from '../payee/vault.ts';
import type { AttemptDocument, ObligationDocument } from '../obligation/obligation.store.ts';
import { payrollDestination } from '../payee/payee.store.ts';
import { attemptFor, batchHash, destinationFor, requireBatchable, requireUnedited } from './batch.ts';
import type { BatchLine } from './batch.ts';

const obligation = (id: string, changes: Partial<ObligationDocument> = {}) =>
  ({
    _id: id,
    municipalityId: 'lintula',
    pilotId: 'pil-1',
    payeeRole: 'volunteer',
    amount: 100,
    currency: 'EUR',
    state: 'due',
    attempts: 0,
    ...changes,
  }) as ObligationDocument;
const line = (
  id: string,
  changes: Partial<AttemptDocument> = {},
  owed: Partial<ObligationDocument> = {},
): BatchLine => ({
  attempt: { ...attemptFor(obligation(id), 'bat-1', payrollDestination), ...changes },
  obligation: obligation(id, owed),
});
const frame = { _id: 'bat-1', municipalityId: 'lintula', pilotId: 'pil-1', currency: 'EUR', total: 200 };

describe('what is signed', () => {
  const lines = [line('obl-a'), line('obl-b')];
  const signed = { ...frame, sha256: batchHash(frame, lines) };
  const changed = expect.objectContaining({ code: 'batch-changed' });
  const isSealed = () => true;
  const sealed = { iv: 'i', tag: 't', text: 'x' };
  it('is the same whatever order the payments were read in, and whatever became of them', () => {
    const later = line('obl-a', { state: 'settled', open: false }, { state: 'settled', attempts: 2 });
    expect(() => requireUnedited(signed, [line('obl-b'), later], isSealed)).not.toThrow();
  });
  it.each([
    ['another amount', line('obl-b', { amount: 101 })],
    ['another currency', line('obl-b', { currency: 'SEK' })],
    ['another fingerprint', line('obl-b', { destination: { ...payrollDestination, fingerprint: 'f' } })],
    ['another account', line('obl-b', { destination: { ...payrollDestination, sealed } })],
    ['another way to pay', line('obl-b', { destination: { ...payrollDestination, method: 'bank' } })],
    ['another attempt', line('obl-b', { endToEndId: 'TB-2' })],
    ['another payment', line('obl-c')],
    ['another payee', line('obl-b', {}, { payeeId: 'per-thief' })],
    ['another amount that is owed', line('obl-b', {}, { amount: 101 })],
  ])('differs for %s', (_, edited) => {
    expect(() => requireUnedited(signed, [line('obl-a'), edited], isSealed)).toThrow(changed);
  });
  it('is nothing when one of what is paid is not as it was decided', () => {
    const named = expect.objectContaining({
      code: 'batch-changed',
      detail: expect.stringContaining('obl-b'),
    });
    expect(() => requireUnedited(signed, lines, ({ _id }) => _id !== 'obl-b')).toThrow(named);
  });
  it('differs for a payment more or less', () => {
    expect(() => requireUnedited(signed, [...lines, line('obl-c')], isSealed)).toThrow(changed);
    expect(() => requireUnedited(signed, lines.slice(1), isSealed)).toThrow(changed);
  });
  it.each([
    { _id: 'bat-2' },
    { municipalityId: 'other' },
    { pilotId: 'pil-2' },
    { currency: 'SEK' },
    { total: 1 },
  ])('differs for another batch: %o', (edit) => {
    expect(() => requireUnedited({ ...signed, ...edit }, lines, isSealed)).toThrow(changed);
  });
});

describe('a batch', () => {
  it.each(['batched', 'instructed', 'settled', 'cancelled', 'unclaimed'] as const)(
    'takes no obligation that is %s',
    (state) => {
      const take = () => requireBatchable(['obl-a'], [obligation('obl-a', { state })]);
      expect(take).toThrow(expect.objectContaining({ code: 'obligation-not-open' }));
    },
  );
  it.each(['due', 'rejected', 'returned'] as const)('takes an obligation that is %s', (state) => {
    expect(() => requireBatchable(['obl-a'], [obligation('obl-a', { state })])).not.toThrow();
  });
});

describe('a payment', () => {
  const at = new Date('2027-03-01T09:00:00.000Z');
  const nobody = newPayee('lintula', 'per-1', at);
  const sealed = { iv: '', tag: '', text: '' };
  const account = { masked: 'FI', fingerprint: 'f', index: 'i', holder: 'h', sealed, verification: null };
  const registration = { evidence: 'YTJ', until: '2027-12-31', recordedBy: 'per-x', recordedAt: at };
  const banked = { ...nobody, method: 'bank' as const, account };
  const goesTo = (payeeRole: ObligationDocument['payeeRole'], details: Payee | undefined) => () =>
    destinationFor(obligation('obl-a', { payeeRole }), details, at).method;

  it('of wages goes through payroll, whatever the civil servant says', () => {
    const registered = { ...banked, registration };
    for (const details of [undefined, banked, registered]) {
      expect(goesTo('civil-servant', details)()).toBe('payroll');
    }
  });
  it.each(['champion', 'volunteer'] as const)(
    'to a %s goes through payroll unless they are registered for prepayment and named an account',
    (role) => {
      expect(goesTo(role, banked)()).toBe('payroll');
      expect(goesTo(role, { ...nobody, method: 'payroll', registration })()).toBe('payroll');
      expect(goesTo(role, { ...banked, registration })()).toBe('bank');
      const past = { ...registration, until: '2027-02-28' };
      expect(goesTo(role, { ...banked, registration: past })()).toBe('payroll');
    },
  );
  it('to a company goes to its account', () => {
    expect(goesTo('contractor', banked)()).toBe('bank');
  });
  it('waits for a payee who has not said how to be paid, and for a company without an account', () => {
    const missing = expect.objectContaining({ code: 'payee-details-missing' });
    expect(goesTo('volunteer', undefined)).toThrow(missing);
    expect(goesTo('volunteer', { ...nobody, registration })).toThrow(missing);
    expect(goesTo('contractor', { ...nobody, method: 'payroll' })).toThrow(missing);
  });
});

describe('the end-to-end id of an attempt', () => {
  const idOf = obligationIdsOf(createVault(new Uint8Array(32)));
  it('fits a bank and is its own for each obligation and attempt', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(fc.uuid(), fc.integer({ min: 1, max: 10 ** 9 }))), (attempts) => {
        const ids = attempts.map(([payee, n]) => endToEndIdOf(idOf('bon-1', payee, 'volunteers'), n));
        expect(ids.filter((id) => !/^[A-Z0-9][A-Z0-9-]{0,34}$/.test(id))).toEqual([]);
        expect(new Set(ids).size).toBe(ids.length);
      }),
    );
  });
});
