import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { districtsIn, eligibilityAt, isEligible } from './eligibility.ts';

const zone = 'Europe/Helsinki';
const adult = { minimumAge: 18, districts: [] };
const born = (birthDate: string) => ({ birthDate, district: 'North', validFrom: '' });
const at = (instant: string) => eligibilityAt(adult, new Date(instant), zone);

describe('the electorate', () => {
  it('takes in a resident from the midnight of their birthday where they live', () => {
    expect(isEligible(born('2008-06-16'), at('2026-06-15T20:59:59Z'))).toBe(false);
    expect(isEligible(born('2008-06-16'), at('2026-06-15T21:00:00Z'))).toBe(true);
  });

  it('counts midnight by the zone in winter and in summer', () => {
    expect(isEligible(born('2008-01-16'), at('2026-01-15T21:30:00Z'))).toBe(false);
    expect(isEligible(born('2008-01-16'), at('2026-01-15T22:00:00Z'))).toBe(true);
  });

  it('lets somebody born on a leap day come of age on the first of March', () => {
    expect(isEligible(born('2008-02-29'), at('2026-02-28T12:00:00Z'))).toBe(false);
    expect(isEligible(born('2008-02-29'), at('2026-03-01T12:00:00Z'))).toBe(true);
  });

  it('leaves out other districts and those who move in later', () => {
    const bounds = eligibilityAt({ ...adult, districts: ['North'] }, new Date('2026-06-15T12:00:00Z'), zone);
    expect(isEligible({ ...born('1990-01-01'), district: 'South' }, bounds)).toBe(false);
    expect(isEligible({ ...born('1990-01-01'), validFrom: '2026-06-16' }, bounds)).toBe(false);
    expect(isEligible({ ...born('1990-01-01'), validFrom: '2026-06-15' }, bounds)).toBe(true);
  });

  it('never grows when the age rises', () => {
    const dates = fc.date({ min: new Date('1900-01-01'), max: new Date('2026-01-01'), noInvalidDate: true });
    const ages = fc.tuple(fc.integer({ min: 0, max: 120 }), fc.integer({ min: 0, max: 120 }));
    fc.assert(
      fc.property(dates, ages, (date, [a, b]) => {
        const resident = born(date.toISOString().slice(0, 10));
        const [younger, older] = [Math.min(a, b), Math.max(a, b)].map((minimumAge) =>
          isEligible(
            resident,
            eligibilityAt({ minimumAge, districts: [] }, new Date('2026-06-15T12:00:00Z'), zone),
          ),
        );
        return younger || !older;
      }),
    );
  });

  it('reads districts from a query', () => {
    expect(districtsIn('')).toEqual([]);
    expect(districtsIn('North, South,')).toEqual(['North', 'South']);
  });
});
