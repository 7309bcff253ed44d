import { describe, expect, it } from 'vitest';
import { daysToStaff, median, payoutsByRole } from './evaluation.ts';

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

describe('payouts of a pilot', () => {
  const owed = (projectId: string, payeeRole: string, amount: number) => ({
    projectId,
    payeeRole,
    amount: { amount, currency: 'EUR' },
  });
  const of = (phase: string) =>
    payoutsByRole({
      currency: 'EUR',
      projects: [{ _id: 'prj-1', phase }],
      owed: [
        owed('prj-1', 'volunteer', 30),
        owed('prj-1', 'contractor', 500),
        owed('prj-1', 'volunteer', 12),
        owed('prj-1', 'civil-servant', 90),
      ],
    });
  const line = (payeeRole: string, amount: number) => ({ payeeRole, amount: { amount, currency: 'EUR' } });

  it('are one sum for each role once the project is closed', () => {
    expect(of('closed')).toEqual([line('civil-servant', 90), line('contractor', 500), line('volunteer', 42)]);
  });
  it('are those of companies alone while people are still being paid', () => {
    expect(of('payout')).toEqual([line('contractor', 500)]);
  });
});
