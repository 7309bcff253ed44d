import { describe, expect, it } from 'vitest';
import { daysToStaff, median } from './evaluation.ts';

describe('equal treatment', () => {
  it('takes the middle of what was measured', () => {
    expect(median([])).toBeNull();
    expect(median([30, 10, 20])).toBe(20);
    expect(median([10, 20, 30, 1000])).toBe(25);
  });
  it('counts whole days from funding to the first assignment', () => {
    const phases = [{ phase: 'funded', at: '2027-01-01T12:00:00.000Z' }];
    const staff = {
      lead: 'a',
      civilServants: [],
      former: [],
      assignedBy: [],
      at: '2027-01-11T11:59:59.000Z',
    };
    expect(daysToStaff({ phases, staff })).toBe(9);
    expect(daysToStaff({ phases, staff: null })).toBeNull();
    expect(daysToStaff({ phases: [], staff })).toBeNull();
  });
});
